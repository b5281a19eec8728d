import { accountsNamespace, calloutNamespace } from "../components/platform/namespaces";
import { formatSize, parseSize } from "../components/units";
import type { ConfigProblem } from "./config-error";
import type { PlatformConfig } from "./platform-config";
import { resourceProblems } from "./resource-checks";

/** Servers of one cluster; more of them make it slower, not larger. */
const mostReplicas = 9;

/** Largest message that the servers take, `max_payload`. */
const largestMessage = 2 ** 20;

/** What is wrong with keys that are each right by themselves, but not together; empty for nothing. */
export function crossChecks(config: PlatformConfig): ConfigProblem[] {
  return [
    ...clusterProblems(config),
    ...jetstreamProblems(config),
    ...tlsProblems(config),
    ...operatorProblems(config),
    ...tenancyProblems(config),
  ];
}

function clusterProblems({
  replicas,
  environment,
  topologySpread,
  resources,
  podMonitor,
  metrics,
}: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const reason = replicasProblem(replicas);
  if (reason) problems.push({ key: "replicas", value: String(replicas), reason });
  if (environment === "prod" && topologySpread === "soft") {
    const reason = "must be hard in prod: two servers on one node die together, and with them the majority";
    problems.push({ key: "topologySpread", value: topologySpread, reason });
  }
  if (podMonitor && !metrics) {
    problems.push({ key: "podMonitor", value: "true", reason: "needs metrics: true, the exporter that it scrapes" });
  }
  return [...problems, ...resourceProblems("resources", resources)];
}

/** What is wrong with a number of servers, if anything. */
function replicasProblem(replicas: number): string | undefined {
  if (replicas < 3 || replicas % 2 === 0) {
    return "must be odd and at least 3: JetStream agrees by majority, and an even server adds cost but no safety; use 3 or 5";
  }
  return replicas > mostReplicas
    ? `must be at most ${mostReplicas}: every server is connected to every other, and all agree on JetStream's metadata`
    : undefined;
}

function jetstreamProblems(config: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { buckets, jetstream, replicas } = config;
  if (!jetstream && buckets.length > 0) {
    problems.push({
      key: "jetstream",
      value: "false",
      reason: "buckets need JetStream: set jetstream to true or buckets to []",
    });
  }
  const perServer = buckets.reduce((sum, { maxSize }) => sum + (parseSize(maxSize) ?? 0), 0);
  if (jetstream && perServer > (parseSize(config.jetstreamStorageSize) ?? 0)) {
    const reason = `the buckets' maxSize adds up to ${formatSize(perServer)}, more than jetstreamStorageSize (${config.jetstreamStorageSize}): raise that or lower these`;
    problems.push({ key: "buckets", reason });
  }
  if (jetstream && (parseSize(config.jetstreamMemorySize) ?? 0) >= (parseSize(config.resources.limits.memory) ?? 0)) {
    const reason = `must be below the memory limit of a server (${config.resources.limits.memory}), which also holds everything else`;
    problems.push({ key: "jetstreamMemorySize", value: config.jetstreamMemorySize, reason });
  }
  problems.push(...accountProblems(config));
  buckets.forEach((bucket, index) => {
    const key = `buckets[${index}]`;
    // Of a wrong number of servers nothing follows for the buckets.
    if (bucket.replicas > replicas && !replicasProblem(replicas)) {
      problems.push({
        key: `${key}.replicas`,
        value: String(bucket.replicas),
        reason: `must be at most replicas (${replicas})`,
      });
    }
    if (buckets.findIndex(({ name }) => name === bucket.name) !== index) {
      problems.push({ key: `${key}.name`, value: bucket.name, reason: "is given twice; name each bucket once" });
    }
  });
  return problems;
}

function accountProblems({ buckets, platformAccountLimits: limits }: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const needed = buckets.reduce((sum, { maxSize, replicas }) => sum + (parseSize(maxSize) ?? 0) * replicas, 0);
  if (limits.diskStorage !== undefined && (parseSize(limits.diskStorage) ?? 0) < needed) {
    const reason = `must be at least what the buckets take over all replicas (${formatSize(needed)})`;
    problems.push({ key: "platformAccountLimits.diskStorage", value: limits.diskStorage, reason });
  }
  if (limits.streams !== undefined && limits.streams !== -1 && limits.streams < buckets.length) {
    const reason = `must be at least the number of buckets (${buckets.length})`;
    problems.push({ key: "platformAccountLimits.streams", value: String(limits.streams), reason });
  }
  if (limits.payload !== undefined && (parseSize(limits.payload) ?? 0) > largestMessage) {
    const reason = "must be at most 1Mi, the largest message that the servers take";
    problems.push({ key: "platformAccountLimits.payload", value: limits.payload, reason });
  }
  return problems;
}

function tlsProblems(config: PlatformConfig): ConfigProblem[] {
  const { tlsClientSecret, tlsClusterSecret, tlsLeafnodesSecret, tlsCaSecret } = config;
  if (tlsClusterSecret && !tlsCaSecret) {
    const reason = "needs tlsCaSecret: routes check each other's certificate against it";
    return [{ key: "tlsClusterSecret", value: tlsClusterSecret, reason }];
  }
  if (tlsCaSecret && !tlsClientSecret && !tlsClusterSecret && !tlsLeafnodesSecret) {
    const reason =
      "turns no TLS on by itself: name the certificates, too (tlsClientSecret, tlsClusterSecret, tlsLeafnodesSecret)";
    return [{ key: "tlsCaSecret", value: tlsCaSecret, reason }];
  }
  return [];
}

function operatorProblems(config: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const pairs = [
    ["operatorJwt", "operatorSigningKey"],
    ["systemAccountJwt", "systemAccountSigningKey"],
  ] as const;
  for (const [jwt, key] of pairs) {
    if (Boolean(config[jwt]) === Boolean(config[key])) continue;
    const [given, missing] = config[jwt] ? [jwt, key] : [key, jwt];
    problems.push({
      key: given,
      reason: `needs ${missing} too: an identity of your own is given as JWT and signing key together`,
    });
  }
  if (config.systemAccountJwt && !config.operatorJwt) {
    problems.push({
      key: "systemAccountJwt",
      reason: "needs operatorJwt and operatorSigningKey, the operator that issued it",
    });
  }
  return problems;
}

function tenancyProblems(config: PlatformConfig): ConfigProblem[] {
  const { namespace, tenantsNamespace, monitoringNamespace, tenantsQuota: quota, tenantCeiling: ceiling } = config;
  const problems: ConfigProblem[] = [];
  const accounts = accountsNamespace(namespace);
  if (accounts.length > 63) {
    const reason = `must be at most ${63 - accountsNamespace("").length} characters: accounts are kept in namespace ${accounts}`;
    problems.push({ key: "namespace", value: namespace, reason });
  }
  for (const taken of [namespace, accounts, calloutNamespace(namespace), monitoringNamespace]) {
    if (tenantsNamespace !== taken) continue;
    const reason =
      "must be a namespace of its own: what is denied and counted in it is meant for tenants, not for platform or monitoring";
    problems.push({ key: "tenantsNamespace", value: tenantsNamespace, reason });
  }
  problems.push(...resourceProblems("tenantsQuota", quota));
  if ((parseSize(ceiling.payload) ?? 0) > largestMessage) {
    const reason = "must be at most 1Mi, the largest message that the servers take";
    problems.push({ key: "tenantCeiling.payload", value: ceiling.payload, reason });
  }
  return problems;
}
