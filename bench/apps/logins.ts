import { join } from "node:path";
import { type Credentials, login } from "../../local/auth-callout/login";
import { CalloutWorld } from "../../local/auth-callout/world";
import type { BenchContext } from "../operations";
import { measureComeback } from "./comeback";
import { closedLoad, type Load, pacedLoad, type Task } from "./load";

/** Logins under way at a time. */
export const concurrencies = [1, 50, 500] as const;
export type Concurrency = (typeof concurrencies)[number];

/** Logins a second that are begun at a steady pace, and for how many seconds. */
export const pace = { perSecond: 100, seconds: 5 } as const;

/** Milliseconds of a load. */
const loadMs = 2_000;

/** Tokens of a load: more than can be used meanwhile, except by chance. */
const tokensOf: Readonly<Record<Concurrency, number>> = { 1: 600, 50: 1_500, 500: 1_500 };

/** Logins of one side. */
export interface SideLoads {
  readonly at: Readonly<Record<Concurrency, Load>>;
  readonly paced: Load;
}

/** Measurements of logins in one run. */
export interface LoginsRun {
  /** By the callout, with this many replicas. */
  readonly replicas: Readonly<Record<1 | 2, SideLoads>>;
  /** By creds, which the servers judge alone. */
  readonly creds: SideLoads;
  /** By one replica that signs with tweetnacl; with 500 at a time servers would have given up on most. */
  readonly tweetnacl: Readonly<Record<1 | 50, Load>>;
  /** Seconds until all clients were back. */
  readonly back: number;
  readonly credsBack: number;
}

/** Measures logins on three clustered servers, all processes of this machine. */
export async function measureLogins({ signal, progress }: BenchContext, oursFirst: boolean): Promise<LoginsRun> {
  signal.throwIfAborted();
  const world = await CalloutWorld.start({ replicas: 1 });
  try {
    const user = world.acme.account.user();
    const workload = world.cluster.addPod("shop", "web");
    const withCreds = async (count: number) => Array.from({ length: count }, () => ({ user }));
    // A token that was seen before would spare the callout its verification.
    const withTokens = (count: number) =>
      Promise.all(
        Array.from({ length: count }, async (_, index) => ({
          token: await world.tokens.token(workload, { jti: `${performance.now()} ${index}` }),
        })),
      );
    const loads = async (credentials: (count: number) => Promise<Credentials[]>): Promise<SideLoads> => {
      const at = async (many: Concurrency) => {
        signal.throwIfAborted();
        return closedLoad(tasks(world, await credentials(tokensOf[many])), many, loadMs);
      };
      const paced = pacedLoad(tasks(world, await credentials(pace.perSecond * pace.seconds)), pace.perSecond);
      return { paced: await paced, at: { 1: await at(1), 50: await at(50), 500: await at(500) } };
    };
    // Code is compiled and connections to the API server are opened before anything counts.
    await closedLoad(tasks(world, [...(await withTokens(300)), ...(await withCreds(300))]), 20, loadMs);
    const [first, second] = world.replicas;
    const slow = world.addReplica(await world.install(join(__dirname, "tweetnacl-callout.ts"), "tweetnacl"));
    if (!first || !second) throw new Error("there is no replica");
    const creds = oursFirst ? undefined : await loads(withCreds);
    const one = await loads(withTokens);
    progress(`${one.at[50].perSecond.toFixed(0)} logins a second by one replica`);
    await world.startReplica(second);
    const replicas = { 1: one, 2: await loads(withTokens) };
    progress(`${replicas[2].at[50].perSecond.toFixed(0)} by two`);
    const others = { creds: creds ?? (await loads(withCreds)) };
    const back = await measureComeback(world, oursFirst, signal);
    progress(`all clients back after ${back.back.toFixed(1)} s`);
    await Promise.all([first.end(), second.end()]);
    await world.startReplica(slow);
    const load = async (many: 1 | 50) => closedLoad(tasks(world, await withTokens(300)), many, loadMs);
    return { replicas, ...others, ...back, tweetnacl: { 1: await load(1), 50: await load(50) } };
  } finally {
    await world.stop();
  }
}

/** Milliseconds that a client which was refused waits at most. */
const longestPauseMs = 1_000;

/** Logins, each at another server than the one before. A client that is refused, as it is when a server has waited in vain, tries again, and its time goes on. */
function tasks(world: CalloutWorld, credentials: readonly Credentials[]): Task[] {
  return credentials.map((one, index) => async () => {
    const { address } = world.server(index % 3);
    const began = performance.now();
    for (let tries = 0; tries < 20; tries++) {
      const { error } = await login(address, one);
      if (error === undefined) return performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longestPauseMs));
    }
    throw new Error("a client that is to be let in was refused twenty times");
  });
}
