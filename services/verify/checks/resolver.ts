import { createHash } from "node:crypto";
import { decodeClaims } from "../../creds";
import type { ProbeContext } from "../context";
import type { Check } from "../runner";
import { askAll, askServers, requireAll } from "../system";

/** Every server's resolver holds every account, in the version the account's Secret has. */
export const resolverAccounts: Check<ProbeContext> = {
  name: "resolver-accounts",
  needs: ["client-connect"],
  async run(context) {
    const { servers, expected, accountJwts } = context.settings;
    const system = await context.session("system");
    const lists = await askServers<string[]>(system, "$SYS.REQ.CLAIMS.LIST", servers.length);
    requireAll(servers, lists);
    const accounts = Object.entries(expected.accounts);
    const missing = lists.flatMap(({ server, data }) =>
      accounts.filter(([, id]) => !data.includes(id)).map(([name]) => `${server} lacks ${name}`),
    );
    if (missing.length) throw new Error(missing.join("; "));
    const problems = await Promise.all(
      accounts.map(async ([name, id]) => {
        // Each server answers with the JWT it stores.
        const stored = await askAll(system, `$SYS.REQ.ACCOUNT.${id}.CLAIMS.LOOKUP`, servers.length);
        return accountProblem(name, stored, servers.length, accountJwts[id]);
      }),
    );
    const found = problems.filter((problem) => problem !== undefined);
    if (found.length) throw new Error(found.join("; "));
    return `${accounts.map(([name]) => name).join(", ")} on ${servers.length} servers, identical`;
  },
};

/**
 * What is wrong with the JWTs servers store for an account; undefined if nothing is.
 * @param stored one JWT per server that answered
 * @param published the JWT in the account's Secret, if it has one
 */
export function accountProblem(
  account: string,
  stored: readonly string[],
  servers: number,
  published: string | undefined,
): string | undefined {
  if (stored.length !== servers) return `${account}: ${stored.length} of ${servers} servers answered`;
  const versions = new Map<string, string>();
  for (const jwt of stored) versions.set(digest(jwt), jwt);
  if (versions.size > 1)
    return `${account}: servers hold different versions: ${[...versions.values()].map(version).join(", ")}`;
  if (published !== undefined && !versions.has(digest(published))) {
    return `${account}: servers hold ${version(stored[0] ?? "")}, Secret nats-account-${account.toLowerCase()} holds ${version(published)}`;
  }
  return undefined;
}

function digest(jwt: string): string {
  return createHash("sha256").update(jwt.trim()).digest("hex");
}

function version(jwt: string): string {
  const { iat, jti } = decodeClaims<{ iat: number; jti: string }>(jwt);
  return `that of ${new Date(iat * 1000).toISOString()} (jti ${jti.slice(0, 8)})`;
}
