import { createHash } from "node:crypto";
import type { TokenIdentity, TokenVerifier } from "./claims";

/** Tokens remembered; the oldest go first. */
const mostTokens = 20_000;

/**
 * Remembers by its hash what a good token says until it expires, so that a fleet that reconnects at once is let in without verifying every
 * signature anew. Whether pod, ServiceAccount and tenant are still there is not its affair.
 */
export class TokenCache implements TokenVerifier {
  private readonly verified = new Map<string, TokenIdentity>();

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
    const identity = await this.verifier.verify(token);
    if (this.verified.size >= mostTokens) this.forgetOldest();
    this.verified.set(key, identity);
    return identity;
  }

  /** Has every token verified anew. */
  clear(): void {
    this.verified.clear();
  }

  private find(key: string): TokenIdentity | undefined {
    const known = this.verified.get(key);
    if (known === undefined || known.expiresAt * 1_000 > this.now()) return known;
    this.verified.delete(key);
    return undefined;
  }

  private forgetOldest(): void {
    const [oldest] = this.verified.keys();
    if (oldest !== undefined) this.verified.delete(oldest);
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
