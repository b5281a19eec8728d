import { join } from "node:path";
import type { AccountStatus } from "../../services/account-sync/status";
import { installProgram, Replica } from "../world/replica";

const programs = { service: "main.ts", wait: "wait/main.ts" } as const;

/** Puts a program of account-sync together, as {@link installProgram} does. */
export function installAccountSync(program: keyof typeof programs, dir: string): Promise<string[]> {
  return installProgram(join(__dirname, "../../services/account-sync", programs[program]), dir);
}

/** One replica of account-sync. */
export class AccountSyncReplica extends Replica {
  /** Status of an account; undefined if it knows none of that name, or does not answer. */
  async account(name: string): Promise<AccountStatus | undefined> {
    const response = await fetch(this.url(`accounts/${name}`)).catch(() => undefined);
    return response?.ok ? ((await response.json()) as AccountStatus) : undefined;
  }

  async accounts(): Promise<AccountStatus[]> {
    const response = await fetch(this.url("accounts")).catch(() => undefined);
    return response?.ok ? ((await response.json()) as AccountStatus[]) : [];
  }
}
