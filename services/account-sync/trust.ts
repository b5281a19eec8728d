import { createHash } from "node:crypto";
import { verifyJwt } from "../../components/identity/jwt";

/** Who may sign accounts, by the operator's JWT. */
export interface Trust {
  /** Public keys, O... */
  readonly issuers: ReadonlySet<string>;
}

interface OperatorPayload {
  readonly signing_keys?: readonly string[];
  readonly strict_signing_key_usage?: boolean;
}

/**
 * Reads whom the operator lets sign.
 * @throws {IdentityError} if it is no operator JWT, or its signature does not hold
 */
export function readTrust(operatorJwt: string): Trust {
  const { sub, nats } = verifyJwt(operatorJwt, "operator");
  const { signing_keys = [], strict_signing_key_usage } = nats as OperatorPayload;
  return { issuers: new Set([...signing_keys, ...(strict_signing_key_usage ? [] : [sub])]) };
}

/** A JWT that servers may be given. */
export interface AccountJwt {
  /** Public key, A... */
  readonly id: string;
  /** Name in the JWT. */
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly digest: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds; undefined if it never expires. */
  readonly expiresAt?: number;
}

/**
 * Reads an account JWT and checks that the operator trusts its issuer. Servers check less: they store any well-formed account JWT they are
 * pushed, also one of a stranger, in place of the good one.
 * @throws {IdentityError | Error} saying what is wrong; the JWT is not in the message
 */
export function readAccountJwt(text: string, trust: Trust): AccountJwt {
  const trimmed = text.trim();
  const { sub, iss, iat, exp, name } = verifyJwt(trimmed, "account");
  if (!trust.issuers.has(iss)) {
    throw new Error(`the JWT of account ${sub} is signed by ${iss}, which the operator does not let sign accounts`);
  }
  if (!isTime(iat) || (exp !== undefined && !isTime(exp))) {
    throw new Error(`the JWT of account ${sub} says when it was issued or expires by something that is no time`);
  }
  return {
    id: sub,
    name: name ?? "",
    text: trimmed,
    digest: digestOf(trimmed),
    issuedAt: iat,
    ...(exp ? { expiresAt: exp } : {}),
  };
}

/**
 * Reads an order to delete one account, as `$SYS.REQ.CLAIMS.DELETE` takes it.
 * @returns the order's text
 * @throws {IdentityError | Error} if servers would refuse it, or it is about anything but that account
 */
export function readDeleteJwt(text: string, accountId: string, trust: Trust): string {
  const trimmed = text.trim();
  const { iss, sub, nats } = verifyJwt(trimmed, "generic");
  const { accounts } = nats as { readonly accounts?: unknown };
  if (!Array.isArray(accounts) || accounts.length !== 1 || accounts[0] !== accountId) {
    throw new Error(`the order to delete is not about account ${accountId} alone`);
  }
  if (iss !== sub || !trust.issuers.has(iss)) {
    throw new Error(`the order to delete is signed by ${iss}, which the operator does not trust (any more)`);
  }
  return trimmed;
}

function isTime(seconds: number): boolean {
  return Number.isSafeInteger(seconds) && seconds >= 0 && seconds < 1e11;
}

/** SHA-256 of a JWT's text, in hex. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
