import { formatSize, parseSize } from "../components/units";
import { mostStreams, systemUser } from "../components/workstation/accounts";
import type { ConfigProblem } from "./config-error";
import { resourceProblems } from "./resource-checks";
import { fileProblems, subjectProblems } from "./stream-checks";
import type { WorkstationParts } from "./workstation-config";

/** Accounts that this program makes itself, here or elsewhere. */
const ownAccounts: readonly string[] = ["SYS", "$SYS", "AUTH"];

type AccountConfig = WorkstationParts["accounts"][string];

/** Keys of an environment that mean nothing to a workstation. */
export function environmentKeyProblems(keys: readonly string[], shared: readonly string[]): ConfigProblem[] {
  const reason = `is a key of an environment, and means nothing to a workstation, which has ${shared.join(", ")} and the parts of workstation: take it out of this stack's file`;
  return keys.map((key) => ({ key, reason }));
}

/** What is wrong with values that are each right by themselves, but not together; empty for nothing. */
export function togetherProblems(config: WorkstationParts): ConfigProblem[] {
  const accounts = Object.entries(config.accounts);
  return [
    ...resourceProblems("resources", config.resources),
    ...nodePortProblems(config),
    ...nameProblems(accounts),
    ...userProblems(accounts),
    ...storageProblems(config, accounts),
    ...accounts.flatMap(([name, account]) => [
      ...twiceProblems(`accounts.${name}`, account),
      ...roomProblems(`accounts.${name}`, account),
      ...countProblems(`accounts.${name}`, account),
      ...subjectProblems(`accounts.${name}`, account),
      ...fileProblems(name, account, config),
    ]),
  ];
}

function nodePortProblems({ nodePorts: { client, monitoring } }: WorkstationParts): ConfigProblem[] {
  if (client !== monitoring) return [];
  const reason = "must be another port than nodePorts.client: a node answers at it for one of them";
  return [{ key: "nodePorts.monitoring", value: String(monitoring), reason }];
}

function nameProblems(accounts: readonly [string, AccountConfig][]): ConfigProblem[] {
  return accounts.flatMap(([name], index) => {
    const key = `accounts.${name}`;
    if (ownAccounts.includes(name.toUpperCase())) {
      return [
        { key, reason: `is an account of this program's own, like ${ownAccounts.join(", ")}; take another name` },
      ];
    }
    if (!/^[a-zA-Z]([-a-zA-Z0-9]{0,30}[a-zA-Z0-9])?$/.test(name)) {
      const reason =
        "must be called by at most 32 letters, digits and -, beginning with a letter; it is part of a Job's name";
      return [{ key, reason }];
    }
    const first = accounts.findIndex(([other]) => other.toLowerCase() === name.toLowerCase());
    if (first === index) return [];
    return [
      {
        key,
        reason: `differs from ${accounts[first]?.[0]} in nothing but its case, which Kubernetes does not tell apart`,
      },
    ];
  });
}

/** A user is known by its name alone: to Secrets, files, and a server with passwords. */
function userProblems(accounts: readonly [string, AccountConfig][]): ConfigProblem[] {
  const owners = new Map<string, string>();
  return accounts.flatMap(([account, { users }]) =>
    users.flatMap((user, index) => {
      const key = `accounts.${account}.users[${index}]`;
      if (user === systemUser) {
        return [{ key, value: user, reason: "is the system account's own user; take another name" }];
      }
      const owner = owners.get(user);
      owners.set(user, owner ?? account);
      if (owner === undefined) return [];
      const reason = `is a user of account ${owner} already; a user has one account, and a name of its own`;
      return [{ key, value: user, reason }];
    }),
  );
}

/** The server sets aside for each account what it may store, and does not start with less. */
function storageProblems(config: WorkstationParts, accounts: readonly [string, AccountConfig][]): ConfigProblem[] {
  const sum = (kind: "memoryStorage" | "diskStorage") =>
    accounts.reduce((total, [, { jetstream }]) => total + bytesOf(jetstream[kind]), 0);
  const [memory, disk] = [sum("memoryStorage"), sum("diskStorage")];
  const problems: ConfigProblem[] = [];
  if (disk > bytesOf(config.storageSize)) {
    const reason = `is less than what accounts may store, jetstream.diskStorage of all together (${formatSize(disk)}): raise it, or lower those`;
    problems.push({ key: "storageSize", value: config.storageSize, reason });
  }
  if (memory > bytesOf(config.memorySize)) {
    const reason = `is less than what accounts may keep in memory, jetstream.memoryStorage of all together (${formatSize(memory)}): raise it, or lower those`;
    problems.push({ key: "memorySize", value: config.memorySize, reason });
  }
  const { memory: limit } = config.resources.limits;
  if (memory >= bytesOf(limit)) {
    const reason = `must be above what accounts may keep in memory, jetstream.memoryStorage of all together (${formatSize(memory)}), or the server is killed when they do: raise it, or lower those`;
    problems.push({ key: "resources.limits.memory", value: limit, reason });
  }
  return problems;
}

function twiceProblems(key: string, { buckets, streams }: AccountConfig): ConfigProblem[] {
  const twice = (list: "buckets" | "streams", names: readonly string[]) =>
    names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [
            {
              key: `${key}.${list}[${index}].name`,
              value: name,
              reason: `is given twice; name each of the ${list} once`,
            },
          ],
    );
  return [
    ...twice(
      "buckets",
      buckets.map(({ name }) => name),
    ),
    ...twice(
      "streams",
      streams.map(({ name }) => name),
    ),
  ];
}

function roomProblems(key: string, { jetstream, buckets, streams }: AccountConfig): ConfigProblem[] {
  const needed = { diskStorage: 0, memoryStorage: 0 };
  for (const { maxSize } of buckets) needed.diskStorage += bytesOf(maxSize);
  for (const { storage, maxSize } of streams) {
    needed[storage === "file" ? "diskStorage" : "memoryStorage"] += maxSize === undefined ? 0 : bytesOf(maxSize);
  }
  return (["diskStorage", "memoryStorage"] as const).flatMap((kind) => {
    const problem = (reason: string) => [{ key: `${key}.jetstream.${kind}`, value: String(jetstream[kind]), reason }];
    const sum = `maxSize of all together (${formatSize(needed[kind])})`;
    if (bytesOf(jetstream[kind]) < needed[kind]) {
      return problem(`must be at least what its buckets and streams take, ${sum}`);
    }
    const stream = streams.find(({ storage }) => (storage === "file") === (kind === "diskStorage"));
    if (bytesOf(jetstream[kind]) > 0 || !stream) return [];
    return problem(`must be more than none: stream ${stream.name} is stored there; raise it, or change its storage`);
  });
}

function countProblems(key: string, { buckets, streams }: AccountConfig): ConfigProblem[] {
  const count = buckets.length + streams.length;
  if (count <= mostStreams) return [];
  const reason = `must have at most ${mostStreams} streams and buckets together, as many as an account may have: take some out, or give them to another account`;
  return [{ key, value: `${count} streams and buckets`, reason }];
}

/** Bytes of a size that the schema has accepted. */
function bytesOf(size: string | 0): number {
  return size === 0 ? 0 : (parseSize(size) ?? 0);
}
