import { createHash } from "node:crypto";
import type { TokenIdentity, TokenVerifier } from "./claims";

/** Tokens remembered; the oldest go first. */
const mostTokens = 20_000;

/**
 * Remembers by its hash what a good token says until it expires, so that a fleet that reconnects at once is let in without verifying every
 * signature anew. Whether pod, ServiceAccount and tenant are still there is not its affair.
 */
export class TokenCache implements TokenVerifier {
  private verified = new Map<string, TokenIdentity>();

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.verified.size;
  }

  /** Whether the token has been found good, and has not expired. */
  knows(token: string): boolean {
    return this.find(digest(token)) !== undefined;
  }

  async verify(token: string): Promise<TokenIdentity> {
    const key = digest(token);
    const known = this.find(key);
    if (known) return known;
    const { verified } = this;
    const identity = await this.verifier.verify(token);
    // Cleared meanwhile: what it was verified with may be gone.
    if (verified === this.verified) this.remember(key, identity);
    return identity;
  }

  /** Has one token verified anew. */
  forget(token: string): void {
    this.verified.delete(digest(token));
  }

  /** Has every token verified anew. */
  clear(): void {
    this.verified = new Map();
  }

  private find(key: string): TokenIdentity | undefined {
    const known = this.verified.get(key);
    if (known === undefined || known.expiresAt * 1_000 > this.now()) return known;
    this.verified.delete(key);
    return undefined;
  }

  private remember(key: string, identity: TokenIdentity): void {
    const [oldest] = this.verified.keys();
    if (oldest !== undefined && this.verified.size >= mostTokens) this.verified.delete(oldest);
    this.verified.set(key, identity);
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
