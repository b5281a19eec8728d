import { throwProblems } from "../errors";
import type { Claims, NatsClaims } from "../jwt";
import { publicKeyProblem } from "../nkey";
import { type Export, exportsClaim, exportsProblems, type Import, importsClaim, importsProblems } from "./exports";
import {
  type AccountLimits,
  accountLimitsClaim,
  accountLimitsProblems,
  type JetStreamLimits,
  nonEmpty,
  unlimited,
} from "./limits";
import { type Permissions, permissionsClaim, permissionsProblems } from "./permissions";
import { type UserAccess, userAccessClaim, userAccessProblems } from "./user";

/** A signing key whose users all have the same access, whatever their own JWT says: who holds the key can give away no more than that. */
export interface ScopedSigningKey {
  /** Public key, A... */
  readonly publicKey: string;
  /** Name of the role. */
  readonly role: string;
  /** Access of every user it signs. Subjects may hold templates such as `{{name()}}` or `{{tag(department)}}`. */
  readonly access: UserAccess;
}

/**
 * Who decides over logins that the server itself cannot decide (authorization callout).
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_callout
 */
export interface ExternalAuthorization {
  /** Public keys, U..., of the users that answer the callout and are not sent through it themselves. */
  readonly authUsers: readonly string[];
  /** Accounts the callout may place a login in: public keys A..., or `["*"]` for any of the operator's. */
  readonly allowedAccounts: readonly string[];
  /** Public xkey, X..., to which requests are encrypted. @default not encrypted */
  readonly xkey?: string;
}

/** What an account JWT says. */
export interface AccountClaimsArgs {
  readonly name: string;
  /** Identity key, A... */
  readonly publicKey: string;
  readonly limits: AccountLimits;
  /** @default JetStream is off */
  readonly jetstream?: JetStreamLimits;
  /** Public keys, A..., that may sign users of any access. At least one: under a strict operator the identity key signs none. */
  readonly signingKeys: readonly string[];
  /** @default none */
  readonly scopedSigningKeys?: readonly ScopedSigningKey[];
  /** Of users that have none of their own. @default everything allowed */
  readonly defaultPermissions?: Permissions;
  /** User public key (or `*` for all) to unix seconds: JWTs issued up to then are refused. @default none */
  readonly revocations?: Readonly<Record<string, number>>;
  readonly imports?: readonly Import[];
  readonly exports?: readonly Export[];
  readonly authorization?: ExternalAuthorization;
  readonly description?: string;
}

/** NATS claims of an account. */
export interface AccountNatsClaims extends NatsClaims {
  readonly type: "account";
  readonly signing_keys: readonly (string | { readonly key: string })[];
}

/**
 * Claims of an account, every limit written out.
 * @throws {IdentityError} naming every value that is wrong
 */
export function accountClaims(args: AccountClaimsArgs): Claims<AccountNatsClaims> {
  throwProblems(`account "${args.name}"`, accountProblems(args));
  const { authorization } = args;
  const nats = {
    imports: importsClaim(args.imports),
    exports: exportsClaim(args.exports),
    limits: accountLimitsClaim(args.limits, args.jetstream),
    signing_keys: signingKeysClaim(args),
    revocations: sortedByKey(args.revocations),
    default_permissions: permissionsClaim(args.defaultPermissions),
    authorization: {
      auth_users: nonEmpty(authorization?.authUsers),
      allowed_accounts: nonEmpty(authorization?.allowedAccounts),
      xkey: authorization?.xkey,
    },
    description: args.description,
    type: "account",
    version: 2,
  } as const;
  return { name: args.name, sub: args.publicKey, nats };
}

/** Sorted by public key, as Go writes it: the order of a map must not show in the bytes. */
function signingKeysClaim({
  signingKeys,
  scopedSigningKeys = [],
}: AccountClaimsArgs): AccountNatsClaims["signing_keys"] {
  const scoped = scopedSigningKeys.map(({ publicKey, role, access }) => ({
    kind: "user_scope",
    key: publicKey,
    role,
    template: userAccessClaim(access),
    description: "",
  }));
  const keyOf = (item: string | { readonly key: string }) => (typeof item === "string" ? item : item.key);
  return [...signingKeys, ...scoped].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function sortedByKey(map: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> | undefined {
  const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function accountProblems(args: AccountClaimsArgs): string[] {
  const { limits, imports = [], exports = [], scopedSigningKeys = [] } = args;
  const problems = [
    publicKeyProblem("publicKey", "account", args.publicKey),
    ...accountLimitsProblems(limits, args.jetstream),
    ...args.signingKeys.map((key, index) => publicKeyProblem(`signingKeys[${index}]`, "account", key)),
    ...scopedSigningKeys.map(({ role, publicKey }) =>
      publicKeyProblem(`signing key of role "${role}"`, "account", publicKey),
    ),
    ...scopedSigningKeys.flatMap(({ role, access }) =>
      userAccessProblems(access).map((problem) => `role "${role}": ${problem}`),
    ),
    ...(args.defaultPermissions ? permissionsProblems(args.defaultPermissions) : []),
    ...importsProblems(imports),
    ...exportsProblems(exports),
    ...authorizationProblems(args.authorization),
    ...revocationProblems(args.revocations),
  ];
  if (args.signingKeys.length === 0)
    problems.push("signingKeys is empty, there must be one at least: identity keys sign no users");
  if (limits.imports !== unlimited && imports.length > limits.imports) {
    problems.push(`there are ${imports.length} imports, but limit imports is ${limits.imports}: raise it`);
  }
  if (limits.exports !== unlimited && exports.length > limits.exports) {
    problems.push(`there are ${exports.length} exports, but limit exports is ${limits.exports}: raise it`);
  }
  const wildcard = exports.find(({ subject }) => subject.split(".").some((token) => token === "*" || token === ">"));
  if (wildcard && !limits.wildcardExports) {
    problems.push(
      `export "${wildcard.name}" has a wildcard, but limit wildcardExports is false: name its subjects, or allow wildcards`,
    );
  }
  return problems.filter((problem) => problem !== undefined);
}

function authorizationProblems(authorization: ExternalAuthorization | undefined): (string | undefined)[] {
  if (authorization === undefined) return [];
  const { authUsers, allowedAccounts, xkey } = authorization;
  const any = allowedAccounts.length === 1 && allowedAccounts[0] === "*";
  return [
    authUsers.length === 0
      ? "authorization.authUsers is empty: name the user that answers the callout, or nobody could log in"
      : undefined,
    ...authUsers.map((key, index) => publicKeyProblem(`authorization.authUsers[${index}]`, "user", key)),
    ...(any
      ? []
      : allowedAccounts.map((key, index) =>
          publicKeyProblem(`authorization.allowedAccounts[${index}]`, "account", key),
        )),
    xkey === undefined ? undefined : publicKeyProblem("authorization.xkey", "curve", xkey),
  ];
}

function revocationProblems(revocations: Readonly<Record<string, number>> = {}): (string | undefined)[] {
  return Object.entries(revocations).flatMap(([key, time]) => [
    key === "*" ? undefined : publicKeyProblem("revocations key", "user", key),
    Number.isSafeInteger(time) && time > 0
      ? undefined
      : `revocations of ${key} is ${time}, it must be a time in unix seconds`,
  ]);
}
