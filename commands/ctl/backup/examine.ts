import type { StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { counted } from "../../../services/text";
import { streamInfo } from "./api";
import { contentDifference, expiredSince } from "./compare";
import { missingConsumers } from "./consumers";
import { type Content, readContent } from "./content";
import type { SavedStream } from "./manifest";
import { differingSettings, isLeftover, markOf, targetConfig } from "./stream-config";

/** What an account has of a stream of a backup. */
export type Finding =
  /** Nothing. */
  | { readonly kind: "absent" }
  /** All that the backup has; `notes` say what is different beside. */
  | { readonly kind: "there"; readonly info: StreamInfo; readonly notes: readonly string[] }
  /** What an interrupted restore from this backup has made: to be compared and finished. */
  | { readonly kind: "unfinished"; readonly info: StreamInfo }
  /** What is left of a restore that was interrupted before there was anything in it: to be deleted. */
  | { readonly kind: "remnant"; readonly info: StreamInfo }
  /** Something else. */
  | { readonly kind: "different"; readonly info: StreamInfo; readonly why: string };

/**
 * Looks at what an account has of a stream of a backup. Changes nothing.
 * @param replicas at most; undefined for as many as it had
 */
export async function examine(
  connection: NatsConnection,
  saved: SavedStream,
  {
    replicas,
    signal,
    onMessages,
  }: {
    readonly replicas?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onMessages?: (count: number) => void;
  },
): Promise<Finding> {
  const info = await streamInfo(connection, saved.name, signal);
  if (!info) return { kind: "absent" };
  const mark = markOf(info.config);
  if (isLeftover(info) && saved.state.last_seq > 0) return { kind: "remnant", info };
  if (mark !== undefined && mark !== restoreMark(saved)) {
    return { kind: "different", info, why: "it comes of an interrupted restore of another backup" };
  }
  const settings = differingSettings(targetConfig(saved.config, replicas), info.config);
  const notes = settings.length > 0 ? [`its configuration differs in ${settings.join(", ")}`] : [];
  if (!saved.archive) {
    const missing = await missingConsumers(connection, saved, signal);
    return missing.length > 0 ? { kind: "unfinished", info } : { kind: "there", info, notes };
  }
  const { first_seq: first, last_seq: last } = saved.state;
  if (info.state.last_seq < last) {
    return { kind: "different", info, why: `its last sequence is ${info.state.last_seq}, not ${last}` };
  }
  // Its comparison, when it is finished, makes allowance for consumers that are at work.
  if (mark !== undefined && (!saved.content || saved.config.retention !== "limits"))
    return { kind: "unfinished", info };
  if (!saved.content) return { kind: "different", info, why: `it cannot be compared: ${saved.why}` };
  const found = await readContent(connection, saved.name, { first, last }, { signal, onMessages });
  const why = contentDifference(saved.content, found);
  if (mark !== undefined && why === undefined) return { kind: "unfinished", info };
  const expired = why === undefined ? 0 : await expiredOf(connection, saved, saved.content, found, signal);
  if (expired === undefined)
    return { kind: "different", info, why: `${why}; it has ${counted(info.state.messages, "message")} in all` };
  const more = info.state.messages - found.messages;
  return {
    kind: "there",
    info,
    notes: [
      ...(expired > 0 ? [`${counted(expired, "message")} passed its max_age since`] : []),
      ...(more > 0 ? [`it has ${counted(more, "more message")}`] : []),
      ...notes,
    ],
  };
}

/** Looks at the stream's first sequence after its content was read: messages may have expired while it was. */
async function expiredOf(
  connection: NatsConnection,
  { name, config }: SavedStream,
  content: Content,
  found: Content,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const info = await streamInfo(connection, name, signal);
  const ownTtl = (config as { allow_msg_ttl?: boolean }).allow_msg_ttl === true;
  return info && expiredSince(content, found, { maxAge: config.max_age, ownTtl }, info.state.first_seq, Date.now());
}

/** What marks a stream that is being restored: the archive it is made of. */
export function restoreMark(saved: SavedStream): string {
  return saved.archive?.sha256 ?? "";
}
