import { join } from "node:path";
import { xkeySecretName } from "../../components/identity/object-name";
import { names, ports } from "../../components/platform/ports";
import { describeError, oneLine } from "../../services/text";
import { insideChecks, outsideChecks } from "../../services/verify/checks";
import {
  type CheckResult,
  credsSecret,
  type Expected,
  type ProbeSettings,
  users,
} from "../../services/verify/contract";
import { runInCluster } from "../in-cluster";
import { caFile, credsDir } from "../in-cluster-manifests";
import { serverNames } from "./cluster-checks";
import { accountJwts, type Snapshot } from "./snapshot";

/** Where the probe is run, and what it is to find. */
export interface ProbeRun {
  readonly kubeconfig: string;
  readonly context: string;
  /** Image of Node. */
  readonly image: string;
  readonly snapshot: Snapshot;
  readonly expected: Expected;
  readonly role: ProbeSettings["role"];
  readonly report: (result: CheckResult) => void;
  readonly signal?: AbortSignal;
}

/** More than the longest chain of checks that need each other can take. */
const deadlineSeconds = 90;

/** Secrets that the probe from inside is given, by their folders: creds, and what it reads servers' questions to the callout with. */
const insideSecrets = {
  ...Object.fromEntries(users.map((user) => [user, credsSecret(user)])),
  [xkeySecretName]: xkeySecretName,
};

/** Names of the checks a probe makes, in order. */
export function probeCheckNames(role: ProbeSettings["role"], expected: Expected): string[] {
  return (role === "inside" ? insideChecks(expected) : outsideChecks).map(({ name }) => name);
}

/**
 * Runs the probe as a pod and reports each of its checks, those it did not come to as failed with the reason.
 * @throws only the reason of the aborted signal
 */
export async function runProbe(run: ProbeRun): Promise<CheckResult[]> {
  const { role, expected, snapshot } = run;
  const results = new Map<string, CheckResult>();
  const record = (result: CheckResult) => {
    results.set(result.name, result);
    run.report(result);
  };
  let noise = "";
  const outcome = await runInCluster({
    kubeconfig: run.kubeconfig,
    context: run.context,
    image: run.image,
    namespace: snapshot.namespace,
    name: `verify-${role}`,
    entry: join(__dirname, "../../services/verify/main.ts"),
    env: { PROBE_SETTINGS: JSON.stringify(probeSettings(snapshot, expected, role)) },
    credsSecrets: role === "inside" ? insideSecrets : {},
    ...(expected.tls?.caSecret ? { caSecret: expected.tls.caSecret } : {}),
    client: role === "inside",
    deadlineSeconds,
    onLine: (line) => {
      const result = parseResult(line);
      if (result) record(result);
      else noise = line;
    },
    ...(run.signal ? { signal: run.signal } : {}),
  }).then((exitCode) => `the probe ended with exit code ${exitCode}: ${noise}`, describeError);
  run.signal?.throwIfAborted();
  const wanted = probeCheckNames(role, expected);
  for (const name of wanted.filter((name) => !results.has(name))) {
    record({ name, ok: false, detail: oneLine(outcome), ms: 0 });
  }
  return wanted.flatMap((name) => results.get(name) ?? []);
}

/** What the probe is told. */
export function probeSettings(snapshot: Snapshot, expected: Expected, role: ProbeSettings["role"]): ProbeSettings {
  const domain = `${snapshot.namespace}.svc.cluster.local`;
  return {
    runId: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`,
    role,
    service: { host: `${names.service}.${domain}`, port: ports.client },
    servers: serverNames(expected).map((name) => ({
      name,
      host: `${name}.${names.headlessService}.${domain}`,
      port: ports.client,
    })),
    closedPorts: {
      cluster: ports.cluster,
      monitoring: ports.monitoring,
      ...(expected.metrics ? { metrics: ports.metrics } : {}),
    },
    leafnodePort: ports.leafnode,
    credsDir,
    ...(expected.tls?.caSecret ? { caFile } : {}),
    accountJwts: accountJwts(snapshot.accountSecrets),
    expected,
  };
}

/** The result a line of the probe's output holds; undefined for any other line. */
export function parseResult(line: string): CheckResult | undefined {
  try {
    const result = JSON.parse(line) as CheckResult;
    return typeof result.name === "string" && typeof result.ok === "boolean" ? result : undefined;
  } catch {
    return undefined;
  }
}
