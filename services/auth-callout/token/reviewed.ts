import type { V1TokenReview, V1TokenReviewStatus } from "@kubernetes/client-node";
import { decodeJwt } from "jose";
import { messageOf } from "../../log";
import { Denied } from "../denied";
import { longestToken, type TokenIdentity, type TokenVerifier, tokenIdentity } from "./claims";

/** Verifies tokens by asking the API server about each: what it refuses is refused at once, and without it nobody is let in. */
export class ReviewedTokens implements TokenVerifier {
  /** @param review sends a TokenReview; it gives up by itself */
  constructor(
    private readonly review: (body: V1TokenReview) => Promise<V1TokenReview>,
    private readonly audience: string,
  ) {}

  async verify(token: string): Promise<TokenIdentity> {
    if (token.length > longestToken) throw new Denied("malformed", "the token is too long");
    const status = await this.ask(token);
    if (status?.authenticated !== true) throw new Denied("signature", "the API server does not take the token");
    if (!status.audiences?.includes(this.audience)) throw new Denied("audience", "the token is for another audience");
    // The API server has vouched for them.
    const identity = tokenIdentity(claimsOf(token), this.audience);
    const { namespace, serviceAccount } = identity;
    const { username, uid } = status.user ?? {};
    if (username !== `system:serviceaccount:${namespace}:${serviceAccount.name}` || uid !== serviceAccount.uid) {
      throw new Denied("malformed", "the API server takes the token for another than it says");
    }
    return identity;
  }

  private async ask(token: string): Promise<V1TokenReviewStatus | undefined> {
    try {
      return (await this.review({ spec: { token, audiences: [this.audience] } })).status;
    } catch (error) {
      throw new Denied("unavailable", `the API server cannot be asked about a token: ${messageOf(error)}`);
    }
  }
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return decodeJwt(token);
  } catch {
    throw new Denied("malformed", "the token is no JWT");
  }
}
