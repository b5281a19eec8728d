import type { WorkstationExpectation } from "../../../stacks/workstation";

/** A stream that is there. Its age limit is in nanoseconds, as servers have it. */
export interface FoundStream {
  readonly account: string;
  readonly config: { readonly name: string; readonly max_age: number };
}

const nanosecondsPerSecond = 1e9;

/** Streams and buckets of a workstation that are missing, and buckets that keep values for another time than declared; empty if there are none. */
export function promiseProblems({ accounts }: WorkstationExpectation, found: readonly FoundStream[]): string[] {
  return accounts.flatMap(({ name: account, buckets, streams }) => {
    const own = (name: string) => found.find((one) => one.account === account && one.config.name === name)?.config;
    return [
      ...buckets.flatMap(({ name, ttlSeconds }) => {
        const config = own(`KV_${name}`);
        if (!config) return [`bucket ${name} of ${account} is missing`];
        const ttl = config.max_age / nanosecondsPerSecond;
        return ttl === ttlSeconds ? [] : [`values of bucket ${name} of ${account} live ${ttl} s, not ${ttlSeconds} s`];
      }),
      ...streams.filter((name) => !own(name)).map((name) => `stream ${name} of ${account} is missing`),
    ];
  });
}
