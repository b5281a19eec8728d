import type { NatsConnection } from "@nats-io/nats-core";
import { World } from "../../local/account-sync/world";
import type { TestAccount } from "../../local/world/identity";
import type { Replica } from "../../local/world/replica";
import type { TestServer } from "../../local/world/servers";
import { until } from "../../local/world/until";
import type { BenchContext } from "../operations";
import { type AccountSyncRun, accountSyncComparisons } from "./figures";
import { OneByOne } from "./one-by-one";
import type { AccountSyncResult } from "./result";

/** Accounts that are pushed in a run. */
const accounts = 1_000;

/** Accounts beside these that the `nats` CLI pushes, which starts a process for each. */
const commandLineAccounts = 50;

/** Revocations of each side in a run. */
const revocations = 100;

/**
 * Measures account-sync on three clustered servers and an instance, all processes of this machine, beside pushing by hand on servers like
 * them. Who comes first changes from run to run, and from revocation to revocation.
 */
export async function measureAccountSync(context: BenchContext, runs: number): Promise<AccountSyncResult> {
  const measured: AccountSyncRun[] = [];
  for (let run = 1; run <= runs; run++) {
    const progress = (message: string) => context.progress(`account-sync: run ${run} of ${runs}, ${message}`);
    measured.push(await measureOnce({ ...context, progress }, run % 2 === 1));
  }
  const comparisons = accountSyncComparisons(measured, accounts);
  return { comparisons, accounts, commandLineAccounts, revocations };
}

async function measureOnce(context: BenchContext, oursFirst: boolean): Promise<AccountSyncRun> {
  const { signal, progress } = context;
  signal.throwIfAborted();
  const world = await World.start();
  try {
    const tenant = world.operator.account("tenant-acme");
    world.putAccount(tenant);
    const instance = await world.addInstance(tenant, tenant.jwt({ issuedAt: 1_700_000_000 }));
    const peer = await OneByOne.start(world.operator, tenant);
    try {
      await world.untilActive(tenant);
      const without = await memoryOf(await world.leader());
      const pushed = await measurePush(world, peer, oursFirst, signal);
      progress(`${accounts} accounts in ${pushed.push.toFixed(1)} s, one by one in ${pushed.peerPush.toFixed(1)} s`);
      const leader = await world.leader();
      const follower = world.replicas.find((replica) => replica !== leader) ?? leader;
      const memory = { without, leader: await memoryOf(leader), follower: await memoryOf(follower) };
      const revoked = await measureRevocations(world, peer, { tenant, instance }, signal);
      progress(`${revocations} revocations`);
      return { ...pushed, ...revoked, memory };
    } finally {
      await peer.stop();
    }
  } finally {
    await world.stop();
  }
}

async function measurePush(
  world: World,
  peer: OneByOne,
  oursFirst: boolean,
  signal: AbortSignal,
): Promise<Pick<AccountSyncRun, "push" | "peerPush" | "commandLine">> {
  const issue = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => world.operator.account(`tenant-${prefix}-${index}`)).map(
      (account) => [account, account.jwt()] as const,
    );
  const versions = issue(accounts, "bulk");
  let push = 0;
  let peerPush = 0;
  const ours = async () => {
    push = await pushByService(world, versions, signal);
  };
  const theirs = async () => {
    peerPush = await secondsOf(async () => {
      for (const [, jwt] of versions) await peer.push(jwt);
      for (const [account, jwt] of versions) await peer.verify(account, jwt);
    });
  };
  for (const measure of oursFirst ? [ours, theirs] : [theirs, ours]) await measure();
  const sample = issue(commandLineAccounts, "sample");
  const commands = await secondsOf(async () => {
    for (const [, jwt] of sample) await peer.pushByCommand(jwt, signal);
  });
  return { push, peerPush, commandLine: commands / commandLineAccounts };
}

/** @returns seconds from the first Secret until account-sync knows every account on every server */
async function pushByService(
  world: World,
  versions: readonly (readonly [TestAccount, string])[],
  signal: AbortSignal,
): Promise<number> {
  const leader = await world.leader();
  const active = async () => (await leader.metric('account_sync_accounts{state="active"}')) ?? 0;
  const before = await active();
  const seconds = await secondsOf(async () => {
    for (const [account, jwt] of versions) world.putSecret(account, { jwt });
    const all = async () => {
      signal.throwIfAborted();
      return (await active()) === before + versions.length;
    };
    await until("all accounts are active", all, { timeoutMs: 120_000, pollMs: 50 });
  });
  for (const [account, jwt] of versions) {
    const without = world.fleet.platform.find((server) => server.stored(account) !== jwt);
    if (without) throw new Error(`account-sync says ${account.name} is active, but ${without.name} does not have it`);
  }
  return seconds;
}

async function measureRevocations(
  world: World,
  peer: OneByOne,
  { tenant, instance }: { readonly tenant: TestAccount; readonly instance: TestServer },
  signal: AbortSignal,
): Promise<Pick<AccountSyncRun, "revocations" | "peerRevocations">> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  const revoked: string[] = [];
  const byService = async () => {
    const user = tenant.user();
    const connections = await Promise.all([...world.fleet.platform, instance].map((server) => server.connect(user)));
    revoked.push(user.publicKey);
    ours.push(await closing(connections, signal, async () => world.putAccount(tenant, { revoked })));
    await world.untilActive(tenant);
  };
  const byHand = async () => {
    const user = tenant.user();
    const servers = [...peer.fleet.platform, peer.instance];
    const connections = await Promise.all(servers.map((server) => server.connect(user)));
    revoked.push(user.publicKey);
    // Each is issued a second after the one before, or servers would take it for an older one.
    const jwt = tenant.jwt({ issuedAt: 1_750_000_000 + theirs.length, revoked });
    theirs.push(await closing(connections, signal, () => peer.pushEverywhere(jwt)));
  };
  await peer.pushEverywhere(tenant.jwt({ issuedAt: 1_749_999_999 }));
  for (let index = 0; index < revocations; index++) {
    for (const revoke of index % 2 === 0 ? [byService, byHand] : [byHand, byService]) await revoke();
  }
  return { revocations: ours, peerRevocations: theirs };
}

/** @returns milliseconds from the start of an action until the last of the connections is closed */
async function closing(
  connections: readonly NatsConnection[],
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<number> {
  const began = performance.now();
  let last = began;
  for (const connection of connections) {
    void connection.closed().then(() => {
      last = performance.now();
    });
  }
  await act();
  const closed = () => {
    signal.throwIfAborted();
    return connections.every((connection) => connection.isClosed());
  };
  await until("the connections of a revoked user are closed", closed, { pollMs: 5 });
  return last - began;
}

/** Resident memory of a replica, in MiB. */
async function memoryOf(replica: Replica): Promise<number> {
  const bytes = await replica.metric("process_resident_memory_bytes");
  if (bytes === undefined) throw new Error(`${replica.name} does not say how much memory it has`);
  return bytes / 2 ** 20;
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
