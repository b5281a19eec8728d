import { durationFormat, parseDuration } from "../../../components/units";
import { isReady } from "../../kubernetes";
import { readLog } from "../../pod-log";
import { printable } from "../../printable";
import { withAccess } from "../access/nats";
import { instancePods, lookForServers } from "../access/servers";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";

interface Args {
  readonly server?: string;
  readonly follow: boolean;
  readonly tail?: number;
  readonly since?: string;
}

/** Container of the server in its pod, in the chart's as in an instance's. */
const container = "nats";

const defaultTail = 50;

/** Prints logs: lines for people, or for programs one document of them, which nobody can follow. */
export async function showLogs(args: Args, { stack, json }: CommandContext): Promise<number> {
  const { follow, server } = args;
  if (json && follow) throw new UnusableError("--json is one document, which --follow never ends: take one of them");
  const sinceSeconds = args.since === undefined ? undefined : parseSpan(args.since);
  if (args.tail !== undefined && !(Number.isInteger(args.tail) && args.tail >= 0)) {
    throw new UnusableError(`--tail is "${args.tail}"; it must be a whole number from 0`);
  }
  const tailLines = args.tail ?? (sinceSeconds === undefined ? defaultTail : undefined);
  return withAccess(stack, async (access) => {
    const pods = stack.kind === "tenant" ? await instancePods(access) : await lookForServers(access);
    const names = pods.flatMap(({ metadata }) => metadata?.name ?? []);
    if (names.length === 0) throw new UnusableError("there is no server whose log could be read: ctl status");
    if (server !== undefined && !names.includes(server)) {
      throw new UnusableError(`there is no server "${server}"; there are: ${names.join(", ")}`);
    }
    const namespace = access.facts.expectation?.namespaces.tenants ?? access.facts.namespace;
    const wanted = server === undefined ? names : [server];
    const lines: { server: string; line: string }[] = [];
    const onLine = (name: string, line: string) => {
      if (json) lines.push({ server: name, line });
      else process.stdout.write(`${name} ${printable(line)}\n`);
    };
    const options = { container, follow, tailLines, sinceSeconds, signal: new AbortController().signal };
    const read = wanted.map((name) =>
      readLog(access.config, { namespace, name }, options, (line) => onLine(name, line)).catch((error: Error) => {
        // One that has not started yet has none; the others' are worth reading all the same.
        if (pods.some((pod) => pod.metadata?.name === name && isReady(pod))) throw error;
        process.stderr.write(`${error.message}: it is not ready\n`);
      }),
    );
    await Promise.all(read);
    if (json) process.stdout.write(`${JSON.stringify({ lines })}\n`);
    return 0;
  });
}

/** Seconds of a time span as `--since` takes it. @throws UnusableError if it is none */
export function parseSpan(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new UnusableError(`--since is "${text}"; it must be ${durationFormat}`);
  return seconds;
}
