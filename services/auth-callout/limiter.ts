/** Failures a client may have in a window, before it is refused unheard until the window ends. */
const mostFailures = 10;
/** Milliseconds. */
const windowMs = 10_000;
/** Clients remembered; the oldest go first. */
const mostClients = 10_000;

interface Failures {
  readonly since: number;
  count: number;
}

/** Counts how often clients fail, by their address. Good tokens are not its affair: many pods may have one address. */
export class FailureLimiter {
  private readonly clients = new Map<string, Failures>();

  constructor(private readonly now: () => number = Date.now) {}

  get size(): number {
    return this.clients.size;
  }

  isBlocked(client: string): boolean {
    return (this.current(client)?.count ?? 0) >= mostFailures;
  }

  /** @returns whether the client is blocked from now on, and was not before */
  failed(client: string): boolean {
    const failures = this.current(client) ?? { since: this.now(), count: 0 };
    failures.count += 1;
    if (!this.clients.has(client) && this.clients.size >= mostClients) this.forgetOldest();
    this.clients.set(client, failures);
    return failures.count === mostFailures;
  }

  private current(client: string): Failures | undefined {
    const failures = this.clients.get(client);
    if (failures === undefined || this.now() - failures.since < windowMs) return failures;
    this.clients.delete(client);
    return undefined;
  }

  private forgetOldest(): void {
    const [oldest] = this.clients.keys();
    if (oldest !== undefined) this.clients.delete(oldest);
  }
}
