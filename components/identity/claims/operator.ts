import { throwProblems } from "../errors";
import type { Claims, NatsClaims } from "../jwt";
import { publicKeyProblem } from "../nkey";

/** What an operator JWT says. */
export interface OperatorClaimsArgs {
  readonly name: string;
  /** Identity key, O... */
  readonly publicKey: string;
  /** Public keys, O..., that may sign accounts. At least one. */
  readonly signingKeys: readonly string[];
  /** Public key of the system account. */
  readonly systemAccountId: string;
  /** Oldest server version that may run under this operator, `major.minor.patch`: an older one refuses to start. */
  readonly minimumServerVersion: string;
}

/** NATS claims of an operator. */
export interface OperatorNatsClaims extends NatsClaims {
  readonly type: "operator";
  readonly signing_keys: readonly string[];
  readonly system_account: string;
}

/**
 * Claims of an operator whose accounts are signed by signing keys only (`strict_signing_key_usage`): with the identity key kept out
 * of daily use, rotating the signing keys is enough to recover from a leak.
 * @throws {IdentityError} naming every value that is wrong
 */
export function operatorClaims(args: OperatorClaimsArgs): Claims<OperatorNatsClaims> {
  throwProblems(`operator "${args.name}"`, operatorProblems(args));
  const nats = {
    signing_keys: args.signingKeys,
    system_account: args.systemAccountId,
    assert_server_version: args.minimumServerVersion,
    strict_signing_key_usage: true,
    type: "operator",
    version: 2,
  } as const;
  return { name: args.name, sub: args.publicKey, nats };
}

function operatorProblems(args: OperatorClaimsArgs): string[] {
  const problems = [
    publicKeyProblem("publicKey", "operator", args.publicKey),
    publicKeyProblem("systemAccountId", "account", args.systemAccountId),
    ...args.signingKeys.map((key, index) => publicKeyProblem(`signingKeys[${index}]`, "operator", key)),
  ];
  if (args.signingKeys.length === 0)
    problems.push("signingKeys is empty, there must be one at least: identity keys sign no accounts");
  if (!/^\d+\.\d+\.\d+$/.test(args.minimumServerVersion)) {
    problems.push(
      `minimumServerVersion is ${JSON.stringify(args.minimumServerVersion)}, it must be of the form 2.14.0`,
    );
  }
  return problems.filter((problem) => problem !== undefined);
}
