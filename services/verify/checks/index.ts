import type { ProbeContext } from "../context";
import type { Expected } from "../contract";
import type { Check } from "../runner";
import { kvBuckets, kvRoundtrip } from "./buckets";
import { clusterFormed, jetstreamMetaLeader, operatorTrusted } from "./cluster";
import { clientConnect, serversConnect, systemEvents, usersConnect } from "./connect";
import { streamReplicated } from "./jetstream";
import { leafnodePort, networkPolicyClients, networkPolicyOutsiders } from "./network";
import { controlPlanePermissions, observerReadOnly } from "./permissions";
import { refusedExpired, refusedForeignOperator, refusedWithoutCreds, refusedWithoutKey } from "./refusals";
import { resolverAccounts } from "./resolver";
import { sentinel, sentinelMayDoNothing } from "./sentinel";

/** The checks a NATS client can make from inside the cluster, those of features the config has off left out. */
export function insideChecks({ jetstream, leafnodes }: Expected): Check<ProbeContext>[] {
  return [
    clientConnect,
    serversConnect,
    usersConnect,
    refusedWithoutCreds,
    refusedForeignOperator,
    refusedWithoutKey,
    refusedExpired,
    controlPlanePermissions,
    observerReadOnly,
    sentinel,
    sentinelMayDoNothing,
    operatorTrusted,
    clusterFormed,
    resolverAccounts,
    systemEvents,
    ...(jetstream ? [jetstreamMetaLeader, streamReplicated, kvBuckets, kvRoundtrip] : []),
    ...(leafnodes ? [leafnodePort] : []),
    networkPolicyClients,
  ];
}

/** The checks made from a pod that is not a client. */
export const outsideChecks = [networkPolicyOutsiders];
