import { appSignerKeys } from "../../../components/auth-callout/names";
import { verifyJwt } from "../../../components/identity/jwt";
import { asList, asMap } from "../../../policies/identity/jwt";
import { type Permissions, permissionsOfClaims } from "../../../policies/identity/subjects";
import type { ProgramFacts, StackFacts } from "../program/facts";
import type { Setting } from "./grade";
import { accessSettings, accountSettings, operatorSettings } from "./settings";

/** What somebody may do. */
export interface Access {
  readonly permissions: Permissions;
  readonly settings: readonly Setting[];
}

/** Somebody that a NATS server knows. */
export interface Principal {
  /** The same on both sides for the same one. */
  readonly id: string;
  readonly stack: string;
  readonly who: string;
  /** What its role decides, or it itself where it has no role. */
  readonly access: Access;
  /** Name of its role. */
  readonly role?: string;
  /** It is nobody, but what others may be given. */
  readonly isBound?: boolean;
  /** What is its own even if it has a role. */
  readonly own: readonly Setting[];
}

const jwt = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** Accounts, their roles and users by the JWTs in the stacks' Secrets; and ServiceAccounts, as the authorization callout would let them in. */
export function principalsOf({ stacks, apps }: ProgramFacts): Principal[] {
  const signed = stacks.flatMap((stack) => {
    const accounts = claimsIn(stack, "account");
    const users = claimsIn(stack, "user").map((claims) => userOf(stack.name, claims, accounts));
    const operators = claimsIn(stack, "operator").map(({ name, nats }) =>
      principal(stack.name, `operator ${name}`, { access: accessFor([], []), own: operatorSettings(nats) }),
    );
    return [...operators, ...accounts.flatMap((claims) => accountOf(stack.name, claims)), ...users, ...grantsOf(stack)];
  });
  const bearers = apps.map(({ stack, tenant, namespace, serviceAccount, publish, subscribe }) =>
    principal(stack, `ServiceAccount ${namespace}/${serviceAccount} (tenant ${tenant})`, {
      access: accessFor(publish, subscribe),
    }),
  );
  return told([...signed, ...bearers]);
}

/** Each once: a JWT may be in more than one Secret. Two of one name that may do different things are told apart, so that neither hides the other. */
function told(principals: readonly Principal[]): Principal[] {
  const distinct = new Map(principals.map((one) => [JSON.stringify(one), one]));
  const known = new Map<string, number>();
  return [...distinct]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, one]) => {
      const number = (known.get(one.id) ?? 0) + 1;
      known.set(one.id, number);
      return number === 1
        ? one
        : { ...one, id: `${one.id} ${number}`, who: `${one.who} (number ${number} of that name)` };
    });
}

type Claims = Readonly<Record<string, unknown>> & { readonly nats: Readonly<Record<string, unknown>> };

function claimsIn({ resources }: StackFacts, type: "operator" | "account" | "user"): Claims[] {
  const tokens = secretTexts(resources).flatMap(({ text }) => text.match(jwt) ?? []);
  return [...new Set(tokens)].flatMap((token) => {
    try {
      return [verifyJwt(token, type) as unknown as Claims];
    } catch {
      // Of another type, or no JWT of NATS.
      return [];
    }
  });
}

function secretTexts(resources: StackFacts["resources"]) {
  return resources
    .filter(({ type }) => type === "kubernetes:core/v1:Secret")
    .flatMap(({ inputs }) => {
      const plain = Object.entries(asMap(inputs.stringData)).map(([key, value]) => ({ key, text: String(value) }));
      const encoded = Object.entries(asMap(inputs.data)).map(([key, value]) => {
        return { key, text: Buffer.from(String(value), "base64").toString("utf8") };
      });
      return [...encoded, ...plain].map((one) => ({ ...one, secret: String(asMap(inputs.metadata).name) }));
    });
}

function accountOf(stack: string, { name, nats }: Claims): Principal[] {
  const account = `account ${name}`;
  const roles = asList(nats.signing_keys).flatMap((key) => {
    const { role, template } = asMap(key);
    if (template === undefined) return [];
    const claims = asMap(template);
    return principal(stack, `${account}, role ${role}`, { access: accessOf(claims) });
  });
  // Of users that have none of their own.
  const permissions = permissionsOfClaims(asMap(nats.default_permissions));
  return [principal(stack, account, { access: { permissions, settings: accountSettings(nats) } }), ...roles];
}

function userOf(stack: string, claims: Claims, accounts: readonly Claims[]): Principal {
  const { name, nats, iss } = claims;
  const account = accounts.find(({ sub }) => sub === (nats.issuer_account ?? iss));
  const scoped = asList(account?.nats.signing_keys).map(asMap);
  const role = scoped.find(({ key, template }) => key === iss && template !== undefined);
  return principal(stack, `account ${account?.name ?? nats.issuer_account}, user ${name}`, {
    access: accessOf(role ? asMap(role.template) : nats),
    own: [lifeOf(claims)],
    ...(role ? { role: String(role.role) } : {}),
  });
}

function lifeOf({ exp, iat }: Claims): Setting {
  const name = "life of its creds";
  if (exp === undefined) return { name, value: { amount: Number.POSITIVE_INFINITY, shown: "for ever" } };
  const seconds = Number(exp) - Number(iat);
  return { name, value: { amount: seconds, shown: `${seconds} s` } };
}

/** What a tenant lets annotations of ServiceAccounts ask for. */
function grantsOf({ name, resources }: StackFacts): Principal[] {
  const policies = secretTexts(resources).filter(({ key }) => key === appSignerKeys.policy);
  return policies.map(({ text, secret }) => {
    const { publish, subscribe, suspended } = asMap(JSON.parse(text));
    return principal(name, `what annotations may ask for (${secret})`, {
      access: accessFor(asList(publish).map(String), asList(subscribe).map(String)),
      isBound: true,
      own: [{ name: "lets apps in", value: { amount: suspended ? 0 : 1, shown: suspended ? "no" : "yes" } }],
    });
  });
}

function accessOf(claims: Readonly<Record<string, unknown>>): Access {
  return { permissions: permissionsOfClaims(claims), settings: accessSettings(claims) };
}

function accessFor(publish: readonly string[], subscribe: readonly string[]): Access {
  const permissions = { publish: { allow: publish, deny: [] }, subscribe: { allow: subscribe, deny: [] } };
  return { permissions, settings: [] };
}

function principal(stack: string, who: string, rest: Pick<Principal, "access"> & Partial<Principal>): Principal {
  return { id: `${stack} ${who}`, stack, who, own: [], ...rest };
}
