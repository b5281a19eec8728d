/** Subjects allowed and denied; wildcards are `*` and `>`. Deny wins. For subscribing, `"subject queue"` limits to a queue group. */
export interface SubjectPermissions {
  /** @default every subject that is not denied */
  readonly allow?: readonly string[];
  /** @default none */
  readonly deny?: readonly string[];
}

/**
 * What a user may publish and subscribe.
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/authorization
 */
export interface Permissions {
  readonly publish: SubjectPermissions;
  readonly subscribe: SubjectPermissions;
  /** May publish to the reply subject of a message received, in answer to it. Turns off every publish that is not explicitly allowed. */
  readonly responses?: {
    /** Answers to one message; -1 for unlimited. */
    readonly max: number;
    /** Seconds after the message; -1 for unlimited. */
    readonly ttlSeconds: number;
  };
}

/** Everything in the account. */
export const everything: Permissions = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };

/** Nothing at all. Deny lists, because a missing allow list allows everything. */
export const nothing: Permissions = { publish: { deny: [">"] }, subscribe: { deny: [">"] } };

/** Requests that describe and read streams, consumers and buckets, and change none of them. */
export const jetstreamReading: readonly string[] = [
  "$JS.API.INFO",
  "$JS.API.STREAM.NAMES",
  "$JS.API.STREAM.LIST",
  "$JS.API.STREAM.INFO.*",
  "$JS.API.STREAM.MSG.GET.*",
  "$JS.API.CONSUMER.NAMES.*",
  "$JS.API.CONSUMER.LIST.*",
  "$JS.API.CONSUMER.INFO.*.*",
  "$JS.API.DIRECT.GET.*",
  "$JS.API.DIRECT.GET.*.>",
];

/** Permission fields of a user claim, in the order nsc writes them. Without permissions: those of the account's defaults hold. */
export function permissionsClaim(permissions?: Permissions): object {
  const { publish = {}, subscribe = {}, responses } = permissions ?? {};
  return {
    pub: { allow: publish.allow, deny: publish.deny },
    sub: { allow: subscribe.allow, deny: subscribe.deny },
    // In nanoseconds, as Go's time.Duration is written.
    resp: responses && {
      max: responses.max,
      ttl: responses.ttlSeconds < 0 ? -1 : responses.ttlSeconds * 1_000_000_000,
    },
  };
}

/** What is wrong with permissions; empty if nothing. */
export function permissionsProblems({ publish, subscribe, responses }: Permissions): string[] {
  const problems = [...listProblems("publish", publish, 1), ...listProblems("subscribe", subscribe, 2)];
  if (responses && !(Number.isSafeInteger(responses.max) && (responses.max > 0 || responses.max === -1))) {
    problems.push(`responses.max is ${responses.max}, it must be a whole number from 1, or -1 for unlimited`);
  }
  if (responses && !(responses.ttlSeconds > 0 || responses.ttlSeconds === -1)) {
    problems.push(`responses.ttlSeconds is ${responses.ttlSeconds}, it must be above 0, or -1 for unlimited`);
  }
  return problems;
}

/** A problem text if the value is not a subject (wildcards allowed), else undefined. */
export function subjectProblem(label: string, subject: string): string | undefined {
  const tokens = subject.split(".");
  const valid = tokens.every((token) => token !== "" && !/\s/.test(token)) && !tokens.slice(0, -1).includes(">");
  return valid
    ? undefined
    : `${label} ${JSON.stringify(subject)} is not a subject: tokens between single dots, no spaces, ">" only at the end`;
}

function listProblems(action: "publish" | "subscribe", lists: SubjectPermissions, maxWords: 1 | 2): string[] {
  return (["allow", "deny"] as const).flatMap((list) => {
    const subjects = lists[list];
    const label = `${action}.${list}`;
    if (subjects?.length === 0) {
      return [
        `${label} is an empty list, which the server reads as no restriction: leave it out, or deny [">"] to allow nothing`,
      ];
    }
    return (subjects ?? []).flatMap((subject) => {
      const words = subject.split(" ");
      const problems = words.map((word) => subjectProblem(label, word)).filter((problem) => problem !== undefined);
      return words.length > maxWords && problems.length === 0
        ? [
            `${label} ${JSON.stringify(subject)} has too many words: one subject${maxWords === 2 ? ", then at most one queue group" : ""}`,
          ]
        : problems;
    });
  });
}
