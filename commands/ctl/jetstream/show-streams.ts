import type { StreamInfo } from "@nats-io/jetstream";
import { readers } from "../access/logins";
import { type Access, withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { ago, bytes, limit, mark, print, properties, span, tableOr } from "../output";
import { type AccountStreams, readStreams, type StreamReport, streamReports } from "./streams";

const nanosecondsPerMs = 1e6;

interface Args {
  readonly name?: string;
  readonly account?: string;
}

/** Prints streams, or one in detail. */
export async function showStreams({ name, account }: Args, { stack, json }: CommandContext): Promise<number> {
  return withAccess(stack, async (access) => {
    const found = await streamsOf(access, account);
    const reports = found.flatMap(({ account, streams }) => streamReports(account, streams));
    if (name !== undefined) return showOne(name, found, reports, json);
    const ok = reports.every(({ problems }) => problems.length === 0);
    print(json, { ok, streams: reports }, () => tableOr("no streams", titles, reports.map(row)));
    return ok ? 0 : 1;
  });
}

/** Streams of the accounts of a stack, or of one. @throws UnusableError as well where the servers have no JetStream */
export async function streamsOf(
  access: Access,
  account?: string,
): Promise<{ readonly account: string; readonly streams: AccountStreams }[]> {
  requireJetStream(access);
  return Promise.all(
    readers(access.facts.logins, account).map(async (login) => ({
      account: login.account,
      streams: await readStreams(await access.connect(login)),
    })),
  );
}

/** @throws UnusableError if the servers have no JetStream */
export function requireJetStream({ facts, stack }: Access): void {
  if (!facts.jetstream) {
    throw new UnusableError(
      `the servers of stack "${stack.target.stack}" have no JetStream: nats-platform:jetstream is false in the environment's file`,
    );
  }
}

const titles = ["stream", "account", "subjects", "storage", "replicas", "messages", "bytes", "consumers", "leader", ""];

function row(report: StreamReport) {
  const { name, account, subjects, storage, replicas, messages, consumers, leader, problems } = report;
  const counts = [String(replicas), String(messages), bytes(report.bytes), String(consumers)];
  return {
    mark: mark(problems),
    cells: [name, account, subjects.join(" "), storage, ...counts, leader ?? "-", problems.join("; ")],
  };
}

function showOne(
  name: string,
  found: readonly { readonly streams: AccountStreams }[],
  reports: readonly StreamReport[],
  json: boolean,
): number {
  const ofName = reports.filter((report) => report.name === name);
  if (ofName.length === 0) {
    const names = reports.map((report) => report.name).join(", ");
    throw new UnusableError(`there is no stream "${name}"; there are: ${names || "none"}`);
  }
  const infos = found.flatMap(({ streams }) => streams.infos).filter(({ config }) => config.name === name);
  const ok = ofName.every(({ problems }) => problems.length === 0);
  print(json, { ok, streams: ofName.map((report, index) => ({ ...report, info: infos[index] })) }, () =>
    ofName.flatMap((report, index) => details(report, infos[index])),
  );
  return ok ? 0 : 1;
}

function details({ account, name, problems }: StreamReport, info: StreamInfo | undefined): string[] {
  const wrong = problems.map((problem) => `✗ ${problem}`);
  if (!info) return [`${name} of ${account}`, ...wrong];
  const { config, state, cluster, created } = info;
  const now = Date.now();
  return [
    ...properties({
      stream: name,
      account,
      ...(config.description ? { description: config.description } : {}),
      created: `${created} (${ago(created, now)})`,
      subjects: (config.subjects ?? []).join(" ") || "none",
      storage: config.storage,
      retention: config.retention,
      discard: config.discard,
      "max messages": limit(config.max_msgs),
      "max bytes": limit(config.max_bytes, bytes),
      "max age": config.max_age === 0 ? "no limit" : span(config.max_age / nanosecondsPerMs),
      "max per subject": limit(config.max_msgs_per_subject),
      messages: state.messages,
      bytes: bytes(state.bytes),
      "first to last": `${state.first_seq} to ${state.last_seq}`,
      "last message": state.last_seq === 0 ? "none yet" : ago(state.last_ts as unknown as string, now),
      consumers: state.consumer_count,
      leader: cluster?.leader ?? "none",
      replicas: config.num_replicas,
      ...Object.fromEntries(
        (cluster?.replicas ?? []).map(({ name, current, offline, lag }) => [
          `  ${name}`,
          offline ? "offline" : current ? "current" : `not current, lag ${lag ?? 0}`,
        ]),
      ),
    }),
    ...wrong,
  ];
}
