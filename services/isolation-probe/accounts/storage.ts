import { JetStreamApiError, type JetStreamManager, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { errors } from "@nats-io/nats-core";
import { onceHeard } from "../../once-heard";
import { describeError, oneLine } from "../../text";
import { ask, causes, type Reply } from "../connections";
import type { AccountQuestion, Answer } from "../contract";
import type { Session } from "./session";

/** Questions about what an account has stored. */
export const storageQuestions = ["stream", "KV bucket"] as const satisfies readonly AccountQuestion[];

type StorageQuestion = (typeof storageQuestions)[number];

type Outcome = Omit<Answer, "id">;

/** Something small that an owner stores for others to try: one message in a stream. */
interface Hoard {
  /** Name of the stream. */
  readonly stream: string;
  /** Subject of its message. */
  readonly subject: string;
  /** Makes it anew. */
  make(): Promise<void>;
}

/** Prefix of the names of all streams and buckets made here. */
const prefix = "PROVE_ISOLATION";

/** Bytes it may take at most. */
const maxBytes = 64 * 1024;

/**
 * Lets each asker try to read, change and delete a stream, or bucket, of the owner's, by name.
 * Each tries one that is whole; what it tells is what was answered, and what has become of the stream.
 * @returns by the id of the asker's tenant
 */
export async function tryStorage(
  question: StorageQuestion,
  owner: Session,
  askers: readonly Session[],
): Promise<ReadonlyMap<string, Outcome>> {
  // Without a look at the API it asks nobody, and so does not fail.
  const manager = await jetstreamManager(owner.mouth, { checkAPI: false });
  const hoard = hoardOf(question, owner, manager);
  const outcomes = new Map<string, Outcome>();
  for (const asker of askers) {
    const outcome = whole(hoard, owner, manager).then(() => tryOne(hoard, owner, manager, asker));
    outcomes.set(asker.tenant.id, await outcome.catch((error) => notTried(question, owner, error)));
  }
  await manager.streams.delete(hoard.stream).catch(() => {}); // left for deleteLeftovers of a later run
  return outcomes;
}

/** Makes sure that there is a whole one to try. */
async function whole(hoard: Hoard, owner: Session, manager: JetStreamManager): Promise<void> {
  if (await isWhole(hoard, owner, manager)) return;
  await manager.streams.delete(hoard.stream).catch(() => {});
  await hoard.make();
}

/** What the API answers while its servers have no leader: a fault, unlike its other answers, which are about the account. */
const unavailable = 10_008;

/** An account that may have no stream more, by its creds or its limits, has none to try. What else fails is a fault, and proves nothing. */
function notTried(question: StorageQuestion, { tenant }: Session, error: unknown): Outcome {
  const found = causes(error);
  const denied = found.some((cause) => cause instanceof errors.PermissionViolationError);
  const limited = found.some(
    (cause) =>
      (cause instanceof JetStreamApiError && cause.code !== unavailable) || cause instanceof errors.NoRespondersError,
  );
  const why = denied ? "only its admin may make one, whose creds are not here" : describeError(error);
  return {
    observed: denied || limited ? "skipped" : "unknown",
    detail: oneLine(`${tenant.id} has no ${question} to try: ${why}`),
  };
}

function hoardOf(question: StorageQuestion, { tenant, sender, mouth }: Session, manager: JetStreamManager): Hoard {
  const publish = async (subject: string) => {
    const stored = onceHeard(() => mouth.request(subject, sender.mark("stored"), { timeout: 2_000 }));
    await stored.catch((error: Error) => {
      throw new Error(`what ${tenant.id} sends to ${subject} is not stored: ${error.message}`);
    });
  };
  if (question === "stream") {
    const [stream, subject] = [`${prefix}_${sender.mark("stream")}`, `prove.${sender.mark("stream")}`];
    const config = { name: stream, subjects: [subject], max_bytes: maxBytes, num_replicas: 1, allow_direct: true };
    const make = async () => {
      await withEitherStorage((storage) => manager.streams.add({ ...config, storage }));
      await publish(subject);
    };
    return { stream, subject, make };
  }
  const bucket = `${prefix}_${sender.mark("bucket")}`;
  const make = async () => {
    await withEitherStorage((storage) =>
      new Kvm(mouth).create(bucket, { storage, max_bytes: maxBytes, replicas: 1, history: 1 }),
    );
    await publish(`$KV.${bucket}.key`);
  };
  return { stream: `KV_${bucket}`, subject: `$KV.${bucket}.key`, make };
}

/** An account may have been given storage of one kind only. */
async function withEitherStorage(make: (storage: StorageType) => Promise<unknown>): Promise<void> {
  try {
    await make(StorageType.File);
  } catch {
    await make(StorageType.Memory);
  }
}

/** Whether the owner finds its message there, and no other. The control of what is tried, before and after. */
async function isWhole({ stream }: Hoard, { sender }: Session, manager: JetStreamManager): Promise<boolean> {
  try {
    const { state } = await manager.streams.info(stream);
    const message = await manager.streams.getMessage(stream, { seq: state.first_seq });
    return state.messages === 1 && sender.in(message?.string() ?? "").includes("stored");
  } catch {
    return false;
  }
}

async function tryOne(hoard: Hoard, owner: Session, manager: JetStreamManager, asker: Session): Promise<Outcome> {
  const { stream, subject } = hoard;
  const [asks, owns] = [asker.tenant.id, owner.tenant.id];
  const api = (request: string) => `$JS.API.${request}.${stream}`;
  const reads: [string, object][] = [
    [api("STREAM.INFO"), {}],
    [api("STREAM.MSG.GET"), { last_by_subj: subject }],
    [api("DIRECT.GET"), { last_by_subj: subject }],
    [`${api("DIRECT.GET")}.${subject}`, {}],
    [api("CONSUMER.CREATE"), { stream_name: stream, config: { ack_policy: "none", inactive_threshold: 1e9 } }],
  ];
  const writes = [subject, api("STREAM.PURGE"), api("STREAM.DELETE")];
  const replies = await Promise.all(reads.map(async ([to, body]) => ({ to, reply: await ask(asker.mouth, to, body) })));
  const names = await ask(asker.mouth, "$JS.API.STREAM.NAMES", { subject });
  const got = replies.filter(({ reply }) => isData(reply)).map(({ to }) => to);
  if (names.kind === "answered" && names.text.includes(stream)) got.push("$JS.API.STREAM.NAMES");
  for (const to of writes) replies.push({ to, reply: await ask(asker.mouth, to) });
  const whole = await isWhole(hoard, owner, manager);
  if (got.length || !whole) {
    const done = [...(got.length ? [`reads it by ${got.join(", ")}`] : []), ...(whole ? [] : ["changes it"])];
    return { observed: "crossed", detail: `${asks} ${done.join(" and ")}` };
  }
  const silent = replies.filter(({ reply }) => reply.kind === "silent").map(({ to }) => to);
  const control = silent.length ? await ask(asker.mouth, "$JS.API.INFO") : undefined;
  if (control?.kind === "silent") {
    return {
      observed: "unknown",
      detail: `no answer to ${asks} on ${silent.join(", ")}, but none on $JS.API.INFO either`,
    };
  }
  return {
    observed: "isolated",
    detail: `${owns} reads it; ${asks} finds no such stream, and nothing it sent arrives there`,
  };
}

/** Whether an answer is more than an error. */
function isData(reply: Reply): boolean {
  if (reply.kind !== "answered" || reply.status >= 400) return false;
  try {
    return (JSON.parse(reply.text) as { error?: object }).error === undefined;
  } catch {
    return true;
  }
}

/** Age after which what was made here cannot be a running proof's any more, in milliseconds. */
const leftoverAgeMs = 10 * 60_000;

/** Deletes what interrupted runs have left in a tenant's account, as far as its creds may. */
export async function deleteLeftovers({ mouth }: Session): Promise<void> {
  const manager = await jetstreamManager(mouth, { checkAPI: false });
  for await (const { config, created } of manager.streams.list()) {
    const ours = config.name.startsWith(`${prefix}_`) || config.name.startsWith(`KV_${prefix}_`);
    if (ours && Date.now() - Date.parse(created) > leftoverAgeMs) await manager.streams.delete(config.name);
  }
}
