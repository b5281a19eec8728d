import { errors, jwtVerify } from "jose";
import { Denied } from "../denied";
import { longestToken, type TokenIdentity, type TokenVerifier, tokenIdentity } from "./claims";
import type { KeySet } from "./key-set";

/** Signatures that are taken: all of them by a private key. `none`, and HS256 with a public key for its secret, are not among them. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Seconds that the clock of who signed may be ahead of ours. */
const clockToleranceSeconds = 2;

/** Three parts in base64url; the last is the signature, which `alg: none` lacks. https://www.rfc-editor.org/rfc/rfc7515#section-7.1 */
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Verifies tokens by their signature, with the cluster's published keys. */
export class SignedTokens implements TokenVerifier {
  constructor(
    private readonly keys: KeySet,
    private readonly expected: { readonly issuer: string; readonly audience: string },
  ) {}

  async verify(token: string): Promise<TokenIdentity> {
    if (token.length > longestToken) throw new Denied("malformed", "the token is too long");
    // A decoder forgives spaces and padding: each would be another text of the same token.
    if (!compactJws.test(token)) throw new Denied("malformed", "the token is no JWT");
    const { issuer, audience } = this.expected;
    const options = { issuer, audience, algorithms, clockTolerance: clockToleranceSeconds };
    try {
      const { payload } = await jwtVerify(token, this.keys.keyFor, options);
      const identity = tokenIdentity(payload, audience);
      // The tolerance is for the clock of who signed, not for a token that is over.
      if (identity.expiresAt * 1_000 <= Date.now()) throw new Denied("expired", "the token has expired");
      return identity;
    } catch (error) {
      throw error instanceof Denied ? error : denial(error);
    }
  }
}

function denial(error: unknown): Denied {
  if (error instanceof errors.JWTExpired) return new Denied("expired", "the token has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case "iss":
        return new Denied("issuer", "the token is of another issuer");
      case "aud":
        return new Denied("audience", "the token is for another audience");
      case "nbf":
        return new Denied("not-yet-valid", "the token is not valid yet");
      default:
        return new Denied("malformed", `claim ${error.claim} of the token is wrong`);
    }
  }
  const unsigned = [
    errors.JWSSignatureVerificationFailed,
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
    errors.JOSEAlgNotAllowed,
  ];
  if (unsigned.some((kind) => error instanceof kind)) {
    return new Denied("signature", "the token is not signed by a key of the cluster");
  }
  return new Denied("malformed", "the token is no JWT");
}
