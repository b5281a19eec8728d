import type { WorkstationAccount } from "../components/workstation/accounts";
import type { WorkstationArgs } from "../components/workstation/workstation";
import { bytes, seconds, storage } from "./config-values";
import { toBucket } from "./platform-args";
import type { WorkstationConfig, WorkstationParts } from "./workstation-config";

/** The bucket that the gateway keeps sessions in. */
const sessionsBucket = "sessions";

/** Component arguments from checked configuration. */
export function workstationArgs(config: WorkstationConfig): WorkstationArgs {
  return {
    namespace: config.namespace,
    protect: config.protect,
    auth: config.auth,
    epoch: config.epoch,
    jetstream: { fileSize: config.storageSize, memorySize: config.memorySize },
    storageClass: config.storageClass,
    metrics: true,
    resources: config.resources,
    images: config.images,
    nodePorts: config.nodePorts,
    chart: { path: config.chartPath, repository: config.chartRepository },
    accounts: Object.entries(config.accounts).map(([name, account]) => toAccount(name, account, config)),
  };
}

/** An account as the components take it. */
export function toAccount(
  name: string,
  { users, jetstream, buckets, streams }: WorkstationParts["accounts"][string],
  { sessionCacheTtlSeconds }: Pick<WorkstationParts, "sessionCacheTtlSeconds">,
): WorkstationAccount {
  return {
    name,
    users,
    jetstream: {
      memoryStorage: storage(jetstream.memoryStorage),
      diskStorage: storage(jetstream.diskStorage),
    },
    buckets: buckets.map((bucket) => {
      const isSessions = bucket.name === sessionsBucket && bucket.ttl === undefined;
      return { ...toBucket(bucket), ...(isSessions ? { ttlSeconds: sessionCacheTtlSeconds } : {}) };
    }),
    streams: streams.map(({ maxAge, maxSize, maxMessagesPerSubject, ...stream }) => ({
      ...stream,
      maxAgeSeconds: maxAge === undefined ? 0 : seconds(maxAge),
      maxBytes: maxSize === undefined ? -1 : bytes(maxSize),
      maxMessagesPerSubject: maxMessagesPerSubject ?? -1,
    })),
  };
}
