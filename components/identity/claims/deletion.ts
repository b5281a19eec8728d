import { throwProblems } from "../errors";
import type { Claims, NatsClaims } from "../jwt";
import { publicKeyProblem } from "../nkey";

/** NATS claims of an order to delete accounts. */
export interface DeletionNatsClaims extends NatsClaims {
  readonly type: "generic";
  readonly accounts: readonly string[];
}

/** What an order to delete an account says. */
export interface DeletionClaimsArgs {
  /** Name of the account, for people. */
  readonly account: string;
  /** Public key of the account, A... */
  readonly accountId: string;
  /** Public key, O..., of the operator's key that signs it: a server takes the order only from an issuer that is its own subject. */
  readonly issuer: string;
}

/**
 * Claims of a JWT that makes a server drop one account and its connections, when published to `$SYS.REQ.CLAIMS.DELETE`.
 * It never expires, but is good only while servers trust the key that signed it.
 * @throws {IdentityError} naming every value that is wrong
 */
export function deletionClaims({ account, accountId, issuer }: DeletionClaimsArgs): Claims<DeletionNatsClaims> {
  const problems = [
    publicKeyProblem("accountId", "account", accountId),
    publicKeyProblem("issuer", "operator", issuer),
  ];
  throwProblems(
    `deletion of account "${account}"`,
    problems.filter((problem) => problem !== undefined),
  );
  return { name: `delete ${account}`, sub: issuer, nats: { accounts: [accountId], type: "generic", version: 2 } };
}
