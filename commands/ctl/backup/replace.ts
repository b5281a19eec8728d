import type { NatsConnection } from "@nats-io/nats-core";
import { describeError, oneLine } from "../../../services/text";
import { deleteStream, streamInfo } from "./api";
import { backup } from "./backup";
import { restoreMark } from "./examine";
import { readManifest, type SavedStream } from "./manifest";
import type { Planned } from "./plan";
import type { RestoreOptions } from "./restore";
import { createStream, finishStream, type RestoreStreamOptions } from "./restore-stream";
import type { Store } from "./store";
import { markOf } from "./stream-config";

/**
 * Saves what is going to be replaced.
 * @returns the place, below that of the backup; undefined if nothing is
 * @throws Error if it cannot be saved; nothing is changed then
 */
export async function saveFormer(
  connection: NatsConnection,
  store: Store,
  plan: readonly Planned[],
  { account, signal, onProgress }: RestoreOptions,
): Promise<Store | undefined> {
  const streams = plan.flatMap(({ saved, finding }) => (finding.kind === "different" ? [saved.name] : []));
  if (streams.length === 0) return undefined;
  const place = store.within(`replaced-${new Date().toISOString().replace(/[-:.]/g, "")}`);
  const report = await backup(connection, place, { account, streams, signal, ...(onProgress ? { onProgress } : {}) });
  const unsaved = report.streams.filter(({ outcome }) => outcome !== "saved");
  if (unsaved.length > 0) {
    const why = unsaved.map(({ stream, notes }) => `${stream} (${notes.join("; ")})`).join(", ");
    throw new Error(
      `what is to be replaced cannot be saved: ${why}. Nothing was changed: delete it if nobody needs it`,
    );
  }
  return place;
}

/**
 * Puts back what a stream had that was deleted to be replaced, where what was to replace it cannot be made.
 * @param replaced where what it had was saved
 * @param why it cannot be made
 * @throws Error always: says why, and where what it had is now
 */
export async function putBack(
  connection: NatsConnection,
  replaced: Store,
  saved: SavedStream,
  why: unknown,
  options: RestoreStreamOptions,
): Promise<never> {
  const { name } = saved;
  const reason = oneLine(describeError(why));
  try {
    const former = (await readManifest(replaced))?.streams.find((stream) => stream.name === name);
    if (!former) throw new Error("it is not there any more");
    const made = await streamInfo(connection, name, options.signal);
    if (made && markOf(made.config) === restoreMark(saved)) await deleteStream(connection, name, options.signal);
    const asItWas = { ...options, replicas: undefined };
    await createStream(connection, replaced, former, asItWas);
    await finishStream(connection, former, asItWas);
  } catch (error) {
    throw new Error(
      `${reason}. What it had cannot be put back (${oneLine(describeError(error))}): restore it from ${replaced.name}`,
    );
  }
  throw new Error(`${reason}. What it had was put back`);
}
