import { IdentityError } from "./errors";
import { type IssuedClaims, verifyJwt } from "./jwt";
import { signerFromSeed } from "./nkey";

/** An operator that was made elsewhere (nsc, Synadia Control Plane). */
export interface ExistingOperator {
  /** Identity key. */
  readonly publicKey: string;
  /** Key that signs our accounts. */
  readonly signingPublicKey: string;
  /** System account its JWT names; undefined if none. */
  readonly systemAccountId?: string;
}

/** A system account that was made elsewhere. */
export interface ExistingAccount {
  readonly publicKey: string;
  /** Key that signs our users in it. */
  readonly signingPublicKey: string;
}

interface OperatorPayload {
  readonly signing_keys?: readonly string[];
  readonly system_account?: string;
  readonly strict_signing_key_usage?: boolean;
}

interface AccountPayload {
  readonly signing_keys?: readonly (string | { readonly key: string; readonly role: string })[];
}

/**
 * Checks that an operator JWT and a signing key belong together.
 * @param seed seed of one of its signing keys, or of the operator itself unless it is strict about signing keys
 * @throws {IdentityError} saying which of them is wrong; the seed is not in the message
 */
export function readOperator(jwt: string, seed: string): ExistingOperator {
  const claims = verifyJwt(jwt, "operator");
  const payload = claims.nats as OperatorPayload;
  if (claims.iss !== claims.sub && !payload.signing_keys?.includes(claims.iss)) {
    throw new IdentityError(
      `the operator JWT "${claims.name}" is signed by ${claims.iss}, not by itself: copy it again`,
    );
  }
  const signingPublicKey = signerFromSeed(seed, "operator").publicKey;
  const trusted = [...(payload.signing_keys ?? []), ...(payload.strict_signing_key_usage ? [] : [claims.sub])];
  if (!trusted.includes(signingPublicKey)) {
    throw new IdentityError(
      `operator signing key ${signingPublicKey} is not one that operator "${claims.name}" lets sign accounts (${trusted.join(", ")}): ` +
        "give the seed of one of these, or add the key with `nsc edit operator --sk`",
    );
  }
  return { publicKey: claims.sub, signingPublicKey, systemAccountId: payload.system_account || undefined };
}

/**
 * Checks that a system account JWT is the operator's and that a signing key belongs to it.
 * @param operatorJwt the operator's, already checked by {@link readOperator}
 * @param seed seed of one of its signing keys without a role, or of the account itself unless the operator is strict
 * @throws {IdentityError} saying what does not fit; the seed is not in the message
 */
export function readSystemAccount(jwt: string, seed: string, operatorJwt: string): ExistingAccount {
  const operator = verifyJwt(operatorJwt, "operator");
  const { signing_keys = [], system_account, strict_signing_key_usage } = operator.nats as OperatorPayload;
  const account = verifyJwt(jwt, "account");
  checkSystemAccount(account, operator, [operator.sub, ...signing_keys], system_account);
  const signingPublicKey = signerFromSeed(seed, "account").publicKey;
  const unscoped = ((account.nats as AccountPayload).signing_keys ?? []).filter((key) => typeof key === "string");
  const trusted = [...unscoped, ...(strict_signing_key_usage ? [] : [account.sub])];
  if (!trusted.includes(signingPublicKey)) {
    throw new IdentityError(
      `system account signing key ${signingPublicKey} is not one that account "${account.name}" lets sign users (${trusted.join(", ")}): ` +
        "give the seed of one of these, or add the key with `nsc edit account --sk`",
    );
  }
  return { publicKey: account.sub, signingPublicKey };
}

function checkSystemAccount(
  account: IssuedClaims,
  operator: IssuedClaims,
  trusted: readonly string[],
  named: string | undefined,
): void {
  if (!trusted.includes(account.iss)) {
    throw new IdentityError(
      `system account "${account.name}" is signed by ${account.iss}, which is no key of operator "${operator.name}": give an account of that operator`,
    );
  }
  if (named && named !== account.sub) {
    throw new IdentityError(
      `operator "${operator.name}" names ${named} as its system account, but the JWT given is about ${account.sub}: give the JWT of the former`,
    );
  }
}
