import type { NatsConnection } from "@nats-io/nats-core";
import { consumersOf } from "./api";
import type { Content, Slice } from "./content";
import type { SavedStream } from "./manifest";
import { pause } from "./pause";

/**
 * In what a stream's content differs from what was saved: undefined if it is the same.
 * @param found read from the sequences of `saved`
 */
export function contentDifference(saved: Content, found: Content): string | undefined {
  if (found.sha256 === saved.sha256) return undefined;
  const different = differing(saved, found).map(([was]) => `${was.first} to ${was.last}`);
  const count =
    found.messages === saved.messages
      ? `${saved.messages} messages, not all the same`
      : `${found.messages} messages, not ${saved.messages}`;
  return `${count}; they differ in sequences ${different.slice(0, 3).join(", ")}${different.length > 3 ? ", ..." : ""}`;
}

/** Pairs of slices that are not the same, as saved and as found. */
function differing(saved: Content, found: Content): [was: Slice, is: Slice | undefined][] {
  return saved.slices
    .map((was, index): [Slice, Slice | undefined] => [was, found.slices[index]])
    .filter(([was, is]) => was.sha256 !== is?.sha256);
}

/**
 * How many messages have passed a stream's maximum age since they were saved, if that is all that content lacks; undefined if it differs in
 * anything else.
 * @param maxAge nanoseconds; 0 for none
 * @param now milliseconds since 1970
 */
export function expiredSince(saved: Content, found: Content, maxAge: number, now: number): number | undefined {
  if (maxAge <= 0) return undefined;
  const isOver = (time: string | undefined) => time !== undefined && Date.parse(time) + Number(maxAge) / 1e6 <= now;
  const explained = differing(saved, found).every(
    ([was, is]) => is && is.messages < was.messages && isOver(is.messages === 0 ? was.newest : was.oldest),
  );
  return explained ? saved.messages - found.messages : undefined;
}

/** How many messages of slices that are over a maximum age are at least over it. */
export function overAge(saved: Content, maxAge: number, now: number): number {
  const over = saved.slices.filter(
    ({ newest }) => maxAge > 0 && newest && Date.parse(newest) + Number(maxAge) / 1e6 <= now,
  );
  return over.reduce((sum, { messages }) => sum + messages, 0);
}

/** A cluster makes consumers of a restored stream one by one, within seconds. */
const consumersMs = 20_000;

/** What is wrong with the consumers of a restored stream: each must be there, and stand where it stood or further. */
export async function consumerProblems(
  connection: NatsConnection,
  { name, consumers }: SavedStream,
  signal?: AbortSignal,
): Promise<string[]> {
  const deadline = Date.now() + consumersMs;
  for (;;) {
    const found = new Map((await consumersOf(connection, name, signal)).map((info) => [info.name, info]));
    const problems = consumers.flatMap(({ name: consumer, config, delivered, acknowledged }) => {
      const info = found.get(consumer);
      // One that is not durable ends when nobody uses it.
      if (!info) return config.durable_name ? [`consumer ${consumer} is missing`] : [];
      const stands = `consumer ${consumer} stands at ${info.delivered.stream_seq}, acknowledged ${info.ack_floor.stream_seq}`;
      const behind = info.delivered.stream_seq < delivered || info.ack_floor.stream_seq < acknowledged;
      return behind ? [`${stands}; it stood at ${delivered}, acknowledged ${acknowledged}`] : [];
    });
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await pause(1_000, signal);
  }
}
