import { readers, systemLogin } from "../access/logins";
import { type Access, withAccess } from "../access/nats";
import { runningServers } from "../access/servers";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { bytes, limit, mark, print, tableOr } from "../output";
import { type AccountReport, readAllAccounts, readOwnAccount } from "./accounts";

/** Prints accounts. */
export async function showAccounts({ stack, json }: CommandContext): Promise<number> {
  return withAccess(stack, async (access) => {
    const reports = await accountsOf(access);
    const ok = reports.every(({ problems }) => problems.length === 0);
    print(json, { ok, accounts: reports }, () => tableOr("no accounts", titles, reports.map(row)));
    return ok ? 0 : 1;
  });
}

async function accountsOf(access: Access): Promise<AccountReport[]> {
  const { facts, stack } = access;
  const servers = await runningServers(access);
  const names = Object.fromEntries(Object.entries(facts.accounts).map(([name, id]) => [id, name]));
  const system = systemLogin(facts.logins);
  if (system) return readAllAccounts(await access.connect(system), servers, names);
  const [login] = readers(facts.logins);
  if (!login) throw new UnusableError(`stack "${stack.target.stack}" has no user to look with: all are revoked`);
  const own = { name: login.account, id: facts.accounts[login.account] ?? "", jetstream: facts.jetstream };
  return [await readOwnAccount(await access.connect(login), servers, own)];
}

const titles = ["account", "id", "connections", "leaf nodes", "subscriptions", "memory", "disk", ""];

function row({ name, id, connections, leafNodes, subscriptions, jetstream, problems }: AccountReport) {
  const use = (used: number, most: number) => (most < 0 ? bytes(used) : `${bytes(used)} of ${limit(most, bytes)}`);
  const stored = jetstream
    ? [use(jetstream.memory, jetstream.maxMemory), use(jetstream.storage, jetstream.maxStorage)]
    : ["-", "-"];
  const counts = [connections, leafNodes, subscriptions].map(String);
  return { mark: mark(problems), cells: [name, id, ...counts, ...stored, problems.join("; ")] };
}
