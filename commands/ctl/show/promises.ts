/** What a workstation's file declares of an account, as far as it is looked at here. */
export interface DeclaredAccount {
  readonly buckets?: readonly { readonly name: string; readonly ttl?: unknown }[];
  readonly streams?: readonly { readonly name: string }[];
}

/** A stream that is there. Its age limit is in nanoseconds, as servers have it. */
export interface FoundStream {
  readonly account: string;
  readonly config: { readonly name: string; readonly max_age: number };
}

const nanosecondsPerSecond = 1e9;

/** The bucket whose values live as long as the stack says of sessions, where its own line says nothing else. */
const sessionsBucket = "sessions";

/** Streams and buckets that are declared and missing, or keep sessions for another time; empty if none is. */
export function promiseProblems(
  accounts: Readonly<Record<string, DeclaredAccount>>,
  found: readonly FoundStream[],
  sessionTtlSeconds: number,
): string[] {
  return Object.entries(accounts).flatMap(([account, { buckets = [], streams = [] }]) => {
    const own = (name: string) => found.find((one) => one.account === account && one.config.name === name)?.config;
    const missing = [
      ...buckets.filter(({ name }) => !own(`KV_${name}`)).map(({ name }) => `bucket ${name} of ${account} is missing`),
      ...streams.filter(({ name }) => !own(name)).map(({ name }) => `stream ${name} of ${account} is missing`),
    ];
    const sessions = own(`KV_${sessionsBucket}`);
    const usual = buckets.some(({ name, ttl }) => name === sessionsBucket && ttl === undefined);
    const ttl = (sessions?.max_age ?? 0) / nanosecondsPerSecond;
    const wrong = sessions && usual && ttl !== sessionTtlSeconds;
    return wrong
      ? [...missing, `values of bucket ${sessionsBucket} of ${account} live ${ttl} s, not ${sessionTtlSeconds} s`]
      : missing;
  });
}
