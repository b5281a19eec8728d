import { createHash } from "node:crypto";
import { CoreV1Api, type KubeConfig, type V1ServiceAccount } from "@kubernetes/client-node";
import { annotationPrefix, calloutName } from "../../../components/auth-callout/names";
import { answer, codeOf } from "../../kubernetes/api";
import { type Log, messageOf } from "../../log";

/** Longest note of an event, in characters. */
const longestNote = 1_000;

/** What is wrong with a ServiceAccount's annotations, a text each; empty for nothing. */
export type FindProblems = (account: V1ServiceAccount) => readonly string[];

/**
 * Tells what is wrong with annotations where their owner looks: as events of the ServiceAccount (`kubectl describe serviceaccount`), once for
 * each state of it. All replicas look; an event's name follows from what it says, so that there is one of them.
 */
export class AnnotationEvents {
  private readonly told = new Set<string>();

  constructor(
    private readonly config: KubeConfig,
    private readonly log: Log,
    private readonly problemsOf: FindProblems,
  ) {}

  /** Looks at all ServiceAccounts and tells what has not been told. */
  async look(accounts: readonly V1ServiceAccount[]): Promise<void> {
    for (const account of accounts) {
      const names = Object.keys(account.metadata?.annotations ?? {});
      if (!names.some((name) => name.startsWith(annotationPrefix))) continue;
      const problems = this.problemsOf(account);
      if (problems.length > 0) await this.tell(account, problems);
    }
  }

  private async tell({ metadata }: V1ServiceAccount, problems: readonly string[]): Promise<void> {
    const { name = "", namespace = "", uid } = metadata ?? {};
    const text = problems.join("; ");
    const message = text.length > longestNote ? `${text.slice(0, longestNote - 1)}…` : text;
    const digest = createHash("sha256").update(`${uid} ${text}`).digest("hex").slice(0, 16);
    if (this.told.has(digest)) return;
    this.told.add(digest);
    this.log.warn("annotations of a ServiceAccount are not followed", { workload: `${namespace}/${name}`, problems });
    const now = new Date();
    const event = {
      metadata: { name: `${name.slice(0, 200).replace(/[-.]+$/, "")}.${digest}`, namespace },
      involvedObject: { apiVersion: "v1", kind: "ServiceAccount", name, namespace, uid },
      type: "Warning",
      reason: "NatsAnnotation",
      message,
      source: { component: calloutName },
      reportingComponent: `nats-platform/${calloutName}`,
      reportingInstance: calloutName,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    try {
      await answer(this.config.makeApiClient(CoreV1Api).createNamespacedEvent({ namespace, body: event }));
    } catch (error) {
      // Another replica was faster.
      if (codeOf(error) === 409) return;
      this.told.delete(digest);
      this.log.warn("cannot write an event", { workload: `${namespace}/${name}`, reason: messageOf(error) });
    }
  }
}
