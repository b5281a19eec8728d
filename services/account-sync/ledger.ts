import type { Holding } from "./holding";

/** What each server was last seen to have. */
export class Ledger {
  private readonly holdings = new Map<string, Map<string, Holding>>();
  private readonly unknown = new Map<string, readonly string[]>();

  /** @param server uid of the pod */
  record(server: string, account: string, holding: Holding): void {
    const held = this.holdings.get(server) ?? new Map<string, Holding>();
    held.set(account, holding);
    this.holdings.set(server, held);
  }

  /** Undefined if the server has not been asked since it was last there. */
  holding(server: string, account: string): Holding | undefined {
    return this.holdings.get(server)?.get(account);
  }

  /** Accounts a server stores that do not belong there by any Secret. */
  recordUnknown(server: string, accounts: readonly string[]): void {
    this.unknown.set(server, accounts);
  }

  unknownOf(server: string): readonly string[] {
    return this.unknown.get(server) ?? [];
  }

  /** Keeps only what is known of some accounts. */
  keep(server: string, isKept: (account: string) => boolean): void {
    const held = this.holdings.get(server);
    for (const account of held?.keys() ?? []) if (!isKept(account)) held?.delete(account);
  }

  /** Forgets a server that has gone away: when it comes back it may have something else. */
  forget(server: string): void {
    this.holdings.delete(server);
    this.unknown.delete(server);
  }
}
