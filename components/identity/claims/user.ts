import { throwProblems } from "../errors";
import type { Claims, NatsClaims } from "../jwt";
import { publicKeyProblem } from "../nkey";
import { nonEmpty, type UserLimits, userLimitsClaim, userLimitsProblems } from "./limits";
import { type Permissions, permissionsClaim, permissionsProblems } from "./permissions";

/** How a client is connected, in nats-server's words. */
export type ConnectionType = "STANDARD" | "WEBSOCKET" | "LEAFNODE" | "LEAFNODE_WS" | "MQTT" | "MQTT_WS" | "IN_PROCESS";

/** What a user may do, and how it may connect. */
export interface UserAccess {
  readonly permissions: Permissions;
  /** @default those of the account */
  readonly limits?: UserLimits;
  /** Whether the JWT alone opens the connection, without proof of the key. Only for users that may do nothing. @default false */
  readonly bearer?: boolean;
  /** @default any */
  readonly allowedConnectionTypes?: readonly ConnectionType[];
}

/** What a user JWT says. */
export interface UserClaimsArgs {
  readonly name: string;
  /** U... */
  readonly publicKey: string;
  /** Public key of the account, A...: the signer is one of its signing keys. */
  readonly accountId: string;
  /** `"role"`: signed by a scoped signing key, which decides over the access; the JWT must then hold none of its own. */
  readonly access: UserAccess | "role";
  /** Labels in lower case, or pairs `key:value` with the key in lower case; templates of a role may use them. @default none */
  readonly tags?: readonly string[];
}

/** NATS claims of a user. */
export interface UserNatsClaims extends NatsClaims {
  readonly type: "user";
  readonly issuer_account: string;
}

/**
 * Claims of a user, every limit written out (none if a role decides).
 * @throws {IdentityError} naming every value that is wrong
 */
export function userClaims({ name, publicKey, accountId, access, tags = [] }: UserClaimsArgs): Claims<UserNatsClaims> {
  const problems = [
    publicKeyProblem("publicKey", "user", publicKey),
    publicKeyProblem("accountId", "account", accountId),
    ...(access === "role" ? [] : userAccessProblems(access)),
    ...tags
      .filter((tag) => !/^[^\s:A-Z]+(:\S+)?$/.test(tag))
      .map(
        (tag) => `tag ${JSON.stringify(tag)} must be lower case, or key:value with a key in lower case, without spaces`,
      ),
  ];
  throwProblems(
    `user "${name}"`,
    problems.filter((problem) => problem !== undefined),
  );
  const nats = {
    ...(access === "role" ? permissionsClaim() : userAccessClaim(access)),
    issuer_account: accountId,
    tags: nonEmpty(tags),
    type: "user",
    version: 2,
  } as const;
  return { name, sub: publicKey, nats };
}

/** Fields that say what a user may do, in the order nsc writes them. */
export function userAccessClaim({ permissions, limits, bearer, allowedConnectionTypes }: UserAccess): object {
  return {
    ...permissionsClaim(permissions),
    ...userLimitsClaim(limits),
    bearer_token: bearer || undefined,
    allowed_connection_types: nonEmpty(allowedConnectionTypes),
  };
}

/** What is wrong with a user's access; empty if nothing. */
export function userAccessProblems({ permissions, limits }: UserAccess): string[] {
  return [...permissionsProblems(permissions), ...userLimitsProblems(limits)];
}
