import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { describeError } from "../../../services/text";
import { isReady } from "../../kubernetes";
import { systemLogin } from "../access/logins";
import { type Access, withAccess } from "../access/nats";
import { lookForServers } from "../access/servers";
import { requireKind } from "../access/stack";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { type Placement, readPlacement } from "../jetstream/placement";
import { print, progress } from "../output";
import { evict } from "./evict";
import { podsOn, readNode, setCordoned } from "./node";
import {
  type DrainFacts,
  drainProblems,
  isLost,
  nameOf,
  notServing,
  pathOf,
  placementProblems,
  podsToEvict,
  serversToEvict,
  streamsAway,
  waitsForNode,
} from "./plan";

const pollMs = 2_000;

interface Args {
  readonly node: string;
  readonly dryRun: boolean;
  readonly uncordon: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** What came of it. */
interface DrainReport {
  readonly ok: boolean;
  readonly node: string;
  /** Whether the node takes no pods now. */
  readonly cordoned: boolean;
  /** Pods that were evicted, or would be. */
  readonly pods: readonly string[];
  /** Why it was refused or is not at its end; empty if all is as it should be. */
  readonly problems: readonly string[];
  /** For people: what to know, such as that a server waits for a node. */
  readonly notes: readonly string[];
}

/** Drains a node, or ends that. Its state is the cluster's: run again, it goes on where it was. */
export async function drainNode(args: Args, { stack, json }: CommandContext): Promise<number> {
  requireKind(
    stack,
    ["environment", "workstation"],
    `nodes are those of its environment: --stack ${stack.environment.stack}`,
  );
  if (args.uncordon && args.dryRun) throw new UnusableError("--dry-run is of a drain: take it or --uncordon");
  if (!(args.timeout > 0)) throw new UnusableError(`--timeout is "${args.timeout}"; it must be seconds, more than 0`);
  return withAccess(stack, async (access) => {
    const { spec } = await readNode(access.config, args.node);
    const cordoned = spec?.unschedulable === true;
    const report = args.uncordon ? await uncordon(access, args, cordoned) : await drain(access, args, cordoned);
    print(json, report, () => lines(report, args));
    return report.ok ? 0 : 1;
  });
}

async function drain(access: Access, { node, dryRun, timeout }: Args, cordoned: boolean): Promise<DrainReport> {
  const deadline = Date.now() + timeout * 1_000;
  const facts = await look(access, node);
  const pods = podsToEvict(facts.pods);
  const problems = drainProblems(facts);
  const result = { node, cordoned, pods: pods.map(pathOf), problems, notes: notes(facts, pods) };
  if (problems.length > 0 || dryRun) return { ...result, ok: problems.length === 0 };
  if (!cordoned) await setCordoned(access.config, node, true);
  progress(cordoned ? `${node} is cordoned already` : `${node} is cordoned`);
  for (const note of result.notes) progress(note);
  const options = { say: progress, deadline };
  const isServer = (pod: V1Pod) => facts.servers.some(({ metadata }) => metadata?.uid === pod.metadata?.uid);
  try {
    await all(pods.filter((pod) => !isServer(pod)).map((pod) => evict(access.config, pod, options)));
    for (const server of pods.filter(isServer)) {
      // What came first may have taken minutes.
      const now = drainProblems(await look(access, node));
      if (now.length > 0) return { ...result, ok: false, cordoned: true, problems: now };
      await evict(access.config, server, options);
    }
  } catch (error) {
    const again = `run it again to go on, or with --uncordon to end it`;
    return { ...result, ok: false, cordoned: true, problems: [`${describeError(error)}; ${again}`] };
  }
  return { ...result, cordoned: true, ...(await untilServed(access, node, deadline)) };
}

/** Waits for all, and only then fails with what failed: what was begun goes on to its end. */
async function all(doing: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(doing)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  if (failed.length > 0) throw new Error(failed.map(describeError).join("; "));
}

/** Waits until every server serves again, but for those that no other node takes. */
async function untilServed(access: Access, node: string, deadline: number) {
  for (;;) {
    const { servers, replicas, placement } = await look(access, node);
    const waiting = servers.filter((server) => waitsForNode(server) !== undefined);
    const others = servers.filter((server) => !waiting.includes(server));
    if (servers.length === replicas && others.every(isReady)) {
      if (waiting.length > 0)
        return { ok: true, problems: [], notes: waiting.map((server) => waitingNote(server, node)) };
      if (placementProblems(placement).length === 0) return { ok: true, problems: [], notes: [] };
    }
    if (Date.now() > deadline) {
      const problems = [...notServing({ servers, replicas }), ...placementProblems(placement)];
      return {
        ok: false,
        problems: [`the node is empty, but: ${problems.join("; ")}; look with ctl health`],
        notes: [],
      };
    }
    await sleep(pollMs);
  }
}

function waitingNote(server: V1Pod, node: string): string {
  return `${nameOf(server)} waits for a node (${waitsForNode(server)}); the others serve. It comes back with: ctl drain-node ${node} --uncordon`;
}

async function uncordon(access: Access, { node, timeout }: Args, cordoned: boolean): Promise<DrainReport> {
  if (cordoned) await setCordoned(access.config, node, false);
  progress(cordoned ? `${node} takes pods again; waiting for the servers` : `${node} was not cordoned`);
  const deadline = Date.now() + timeout * 1_000;
  for (;;) {
    const { servers, replicas, placement } = await look(access, node);
    const problems = [...notServing({ servers, replicas }), ...placementProblems(placement)];
    const result = { node, cordoned: false, pods: [], problems, notes: [] };
    if (problems.length === 0 || Date.now() > deadline) return { ...result, ok: problems.length === 0 };
    await sleep(pollMs);
  }
}

async function look(access: Access, node: string): Promise<DrainFacts> {
  const servers = await lookForServers(access);
  const pods = await podsOn(access.config, node);
  const placement = access.facts.jetstream ? await placementNow(access, servers.filter(isReady).length) : undefined;
  return {
    node,
    servers,
    replicas: access.facts.replicas ?? servers.length,
    pods,
    ...(placement ? { placement } : {}),
  };
}

/** Over a connection of its own each time: the server that the last one led to may be the one that went. */
async function placementNow(access: Access, servers: number): Promise<Placement> {
  try {
    const login = systemLogin(access.facts.logins);
    if (!login) throw new Error("the stack has no user of the system account");
    const connection = await access.connect(login);
    try {
      return await readPlacement(connection, servers);
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { clustered: true, problems: [`it cannot be asked: ${describeError(error)}`], streams: [] };
  }
}

function notes(facts: DrainFacts, pods: readonly V1Pod[]): string[] {
  const lost = pods.filter(isLost).map(pathOf);
  const away = streamsAway(facts);
  return [
    ...(lost.length > 0 ? [`no controller makes these anew: ${lost.join(", ")}`] : []),
    ...(away.length > 0 ? [`streams with one replica, away with the server: ${away.join(", ")}`] : []),
    ...serversToEvict(facts).map((server) => `server ${nameOf(server)} is on it`),
  ];
}

function lines({ ok, node, pods, problems, notes, cordoned }: DrainReport, { dryRun, uncordon }: Args): string[] {
  const wrong = problems.map((problem) => `✗ ${problem}`);
  if (dryRun) {
    const plan = [...pods.map((pod) => `would evict ${pod}`), ...notes];
    return ok ? [...plan, `✓ ${node} can be drained`] : [...wrong, `✗ ${node} must not be drained now`];
  }
  if (uncordon) return ok ? [`✓ ${node} takes pods again; all servers and streams are well`] : wrong;
  if (ok) return [...notes, `✓ ${node} is drained: ${pods.length} pods evicted`];
  return [...wrong, cordoned ? `✗ ${node} is cordoned, not drained` : `✗ ${node} is not drained; nothing was changed`];
}
