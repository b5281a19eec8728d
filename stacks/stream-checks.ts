import { bucketFiles, mostFileBytes, mostFilesBytes } from "../components/platform/bucket-files";
import { formatSize } from "../components/units";
import { common } from "../services/auth-callout/subjects";
import type { ConfigProblem } from "./config-error";
import { toAccount } from "./workstation-args";
import type { WorkstationParts } from "./workstation-config";

type AccountConfig = WorkstationParts["accounts"][string];

/** Subjects that servers and clients speak among themselves by. A server makes no stream of any but the last, which would store every answer. */
const protocolSubjects = ["$JS.>", "$JSC.>", "$NRG.>", "$SYS.>", "_INBOX.>"];

/** What servers tell under those, and let streams store. */
const eventSubjects = /^(\$JS\.EVENT|\$SYS\.ACCOUNT)\./;

/** Subjects of an account's streams that no server takes, because others have them. */
export function subjectProblems(key: string, { buckets, streams }: AccountConfig): ConfigProblem[] {
  const all = streams.flatMap(({ name, subjects }, stream) =>
    subjects.map((subject, index) => ({
      name,
      subject,
      key: `${key}.streams[${stream}].subjects[${index}]`,
    })),
  );
  return all.flatMap(({ subject, key: place }, index) => {
    const problem = (reason: string) => [{ key: place, value: subject, reason }];
    const protocol = protocolSubjects.find((one) => common(one, subject) !== undefined);
    if (protocol && !eventSubjects.test(subject)) {
      return problem(
        `covers subjects of NATS' own, ${protocol}, which a stream cannot store: begin it with a word, such as orders.>`,
      );
    }
    const bucket = buckets.find(({ name }) => common(`$KV.${name}.>`, subject) !== undefined);
    if (bucket) return problem(`covers what bucket ${bucket.name} stores, $KV.${bucket.name}.>; take another subject`);
    const other = all.find((one, before) => before >= index || common(one.subject, subject) !== undefined);
    if (!other || other === all[index]) return [];
    return problem(
      `overlaps with ${other.subject} of stream ${other.name}: JetStream stores a message once in an account; give each stream subjects of its own`,
    );
  });
}

/** More than the account's Job can be handed. */
export function fileProblems(name: string, config: AccountConfig, parts: WorkstationParts): ConfigProblem[] {
  const { buckets, streams } = toAccount(name, config, parts);
  const files = bucketFiles(buckets, streams);
  const key = `accounts.${name}`;
  const long = streams.findIndex((stream) => size(files[`${stream.name}.stream.json`]) > mostFileBytes);
  if (long >= 0) {
    const reason = `must be shorter: the stream's configuration may have ${formatSize(mostFileBytes)}; use wildcards, or give some to another stream`;
    return [{ key: `${key}.streams[${long}].subjects`, value: `${streams[long]?.subjects.length} subjects`, reason }];
  }
  if (Object.values(files).reduce((total, text) => total + size(text), 0) <= mostFilesBytes) return [];
  const reason = `must be shorter: configurations of all its streams may have ${formatSize(mostFilesBytes)} together, as a ConfigMap; use wildcards, or give some to another account`;
  return [{ key: `${key}.streams`, value: `${streams.length} streams`, reason }];
}

function size(text = ""): number {
  return Buffer.byteLength(text);
}
