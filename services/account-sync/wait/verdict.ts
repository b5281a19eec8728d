import type { AccountStatus } from "../status";

/** What account-sync answered: a status, or why there is none. */
export type Answer = { readonly status: AccountStatus } | { readonly reason: string };

/** Whether the account is active everywhere, as the JWT of that digest has it. An answer may still be about the version before. */
export function isActive(answer: Answer, digest: string): boolean {
  return "status" in answer && answer.status.active && answer.status.digest === digest;
}

/** Says which server holds what, one line each, those that are not as they should be first. */
export function describe(answer: Answer, digest: string): string {
  if ("reason" in answer) return `account-sync gives no status: ${answer.reason}`;
  const { account, digest: held, problem, deleting, servers } = answer.status;
  const notes = [
    ...(problem ? [`its Secret: ${problem}`] : []),
    ...(deleting ? ["its Secret is being deleted"] : []),
    ...(held !== undefined && held !== digest ? ["account-sync has not seen the Secret as it is now"] : []),
    ...(servers.length === 0 ? ["account-sync knows no server that is to hold it"] : []),
  ];
  const width = Math.max(0, ...servers.map(({ server }) => server.length));
  const lines = [...servers]
    .sort((a, b) => Number(a.state === "current") - Number(b.state === "current") || (a.server < b.server ? -1 : 1))
    .map(({ server, state, detail = "" }) => `${server.padEnd(width)}  ${state.padEnd(11)}  ${detail}`.trimEnd());
  return [`account ${account}`, ...notes, ...lines].join("\n");
}
