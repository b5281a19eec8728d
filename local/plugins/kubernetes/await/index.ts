import { resourcePath } from "../discovery";
import {
  annotationOf,
  annotations,
  apiVersionOf,
  gvkOf,
  isAnnotated,
  type KubeObject,
  kindOf,
  mapsAt,
  nameOf,
  namespaceOf,
  textAt,
} from "../objects";
import { type Cluster, requireCluster, type Session } from "../session";
import { Follower } from "./follower";
import { podProblems } from "./pods";
import {
  claimReadiness,
  countEndpoints,
  readinessOfKind,
  selectsPods,
  serviceReadiness,
  type Verdict,
} from "./readiness";
import { parseWaitFor } from "./wait-for";

/** The object exists but is not as it should be; `reasons` tell why. */
export class NotReadyError extends Error {
  constructor(
    message: string,
    readonly reasons: readonly string[],
    readonly live: KubeObject,
  ) {
    super(message);
  }
}

export interface AwaitArgs {
  readonly urn: string;
  /** The program's inputs, whose annotations steer the waiting. */
  readonly inputs: KubeObject;
  /** The object as the cluster answered the write. */
  readonly live: KubeObject;
  /** Seconds of the resource option customTimeouts, 0 if it is not set. */
  readonly timeoutSeconds: number;
}

type Judge = (object: KubeObject) => Verdict | Promise<Verdict>;

const defaultTimeoutSeconds = 600;
const pollMs = 500;
const diagnosisMs = 5_000;
const settleMs = 10_000;
const diagnosed = new Set([
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "apps/v1/DaemonSet",
  "batch/v1/Job",
  "v1/Pod",
  "v1/ReplicationController",
]);
/** Kinds a refresh judges too. */
const judgedOnRead = new Set([
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "apps/v1/DaemonSet",
  "batch/v1/Job",
  "v1/Pod",
  "v1/Service",
]);

/**
 * Waits until the object is ready and returns it.
 * @throws {NotReadyError} when time is up, it has failed for good, it was deleted meanwhile, or the user cancels
 */
export async function awaitReady(
  session: Session,
  { urn, inputs, live, timeoutSeconds }: AwaitArgs,
): Promise<KubeObject> {
  const cluster = requireCluster(session);
  if (isAnnotated(inputs, annotations.skipAwait)) return live;
  const waitFor = annotationOf(inputs, annotations.waitFor);
  const judge = waitFor ? parseWaitFor(waitFor) : judgeOf(cluster, live, Date.now() + settleMs);
  if (!judge) return live;

  const deadline = AbortSignal.timeout(timeoutOf(inputs, timeoutSeconds) * 1000);
  const stop = AbortSignal.any([session.signal, deadline]);
  const type = await cluster.discovery.resourceType(gvkOf(live));
  const follower = new Follower(cluster, resourcePath(type, namespaceOf(live)), live);
  let [last, lastVerdict, shown, nextDiagnosis] = [
    live,
    undefined as Verdict | undefined,
    "",
    Date.now() + diagnosisMs,
  ];
  const show = (severity: "info" | "warning", message: string): void => {
    if (message !== shown) session.log.status(severity, urn, message);
    shown = message;
  };
  try {
    for (;;) {
      if (!follower.current) throw new NotReadyError(`'${nameOf(live)}' was deleted while it was waited for`, [], last);
      last = follower.current;
      const verdict = await judge(last);
      lastVerdict = verdict;
      if (verdict.ready) {
        show("info", "");
        return last;
      }
      if (verdict.failure)
        throw new NotReadyError(
          `'${nameOf(live)}' has failed: ${verdict.failure}`,
          await reasons(cluster, last, verdict),
          last,
        );
      if (Date.now() >= nextDiagnosis && diagnosed.has(keyOf(last))) {
        nextDiagnosis = Date.now() + diagnosisMs;
        const [problem] = await podProblems(cluster, last, stop, false);
        show(problem ? "warning" : "info", problem ?? verdict.progress);
      } else if (!shown || nextDiagnosis - Date.now() > diagnosisMs - pollMs) show("info", verdict.progress);
      await follower.changed(pollMs, stop);
    }
  } catch (error) {
    if (!stop.aborted || error instanceof NotReadyError) throw error;
    const verb = session.signal.aborted ? "was cancelled while waiting to be Ready" : "timed out waiting to be Ready";
    throw new NotReadyError(`'${nameOf(live)}' ${verb}`, await reasons(cluster, last, lastVerdict), last);
  } finally {
    follower.stop();
  }
}

/**
 * Judges an object once, as a refresh does.
 * @throws {NotReadyError} if its kind is judged and it is not ready
 */
export async function requireReady(session: Session, inputs: KubeObject, live: KubeObject): Promise<void> {
  if (isAnnotated(inputs, annotations.skipAwait) || !judgedOnRead.has(keyOf(live))) return;
  const cluster = requireCluster(session);
  const verdict = await judgeOf(cluster, live, 0)?.(live);
  if (!verdict || verdict.ready) return;
  throw new NotReadyError(
    `Resource '${nameOf(live)}' was created but failed to initialize`,
    await reasons(cluster, live, verdict),
    live,
  );
}

/** Seconds an operation on an object may take: the resource's own customTimeouts, else its annotation, else ten minutes. */
export function timeoutOf(inputs: KubeObject, timeoutSeconds: number): number {
  const annotated = Number.parseInt(annotationOf(inputs, annotations.timeoutSeconds), 10);
  return timeoutSeconds || (annotated > 0 ? annotated : defaultTimeoutSeconds);
}

function judgeOf(cluster: Cluster, live: KubeObject, settledAt: number): Judge | undefined {
  switch (keyOf(live)) {
    case "v1/Service":
      return async (service) => {
        const slices = selectsPods(service) ? await endpointSlices(cluster, service) : [];
        return serviceReadiness(service, countEndpoints(slices), Date.now() >= settledAt);
      };
    case "v1/PersistentVolumeClaim":
      return async (claim) => claimReadiness(claim, await bindingMode(cluster, claim));
    default:
      return readinessOfKind[keyOf(live)];
  }
}

async function endpointSlices(cluster: Cluster, service: KubeObject): Promise<KubeObject[]> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespaceOf(service)}/endpointslices`;
  const query = { labelSelector: `kubernetes.io/service-name=${nameOf(service)}` };
  return mapsAt(await cluster.client.request("GET", path, { query }), "items");
}

async function bindingMode(cluster: Cluster, claim: KubeObject): Promise<string> {
  const storageClass = textAt(claim, "spec", "storageClassName");
  if (!storageClass) return "";
  const found = await cluster.client
    .request("GET", `/apis/storage.k8s.io/v1/storageclasses/${storageClass}`)
    .catch(() => undefined);
  return textAt(found, "volumeBindingMode");
}

async function reasons(cluster: Cluster, object: KubeObject, verdict: Verdict | undefined): Promise<string[]> {
  const known = [...(verdict?.failure ? [verdict.failure] : (verdict?.problems ?? []))];
  if (!diagnosed.has(keyOf(object))) return known;
  // The operation's own signal may be aborted already; these are the last questions.
  const found = await podProblems(cluster, object, AbortSignal.timeout(diagnosisMs), true).catch(() => []);
  return [...known, ...found];
}

function keyOf(object: KubeObject): string {
  return `${apiVersionOf(object)}/${kindOf(object)}`;
}
