/** What somebody is to NATS, as texts hold it. */
export interface Identity {
  readonly kind: "account" | "user" | "seed";
  /** Key of it. A seed is secret. */
  readonly key: string;
  /** It is the system account, or of it: every server of an operator knows it. */
  readonly isSystem: boolean;
}

const publicKey = /\b[AU][A-Z2-7]{55}\b/g;
const seed = /\bS[AOUX][A-Z2-7]{56}\b/g;
const jwt = /\beyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+/g;
const systemAccount = /\bsystem_account["']?\s*[:=]?\s*["']?(A[A-Z2-7]{55})\b/g;

/**
 * The NATS identities in a text, such as a creds file or a nats.conf: keys and seeds as they stand, and what its JWTs are about. The system account
 * is known by the text itself, an operator's JWT in it or a server's configuration.
 */
export function identitiesIn(text: string): Identity[] {
  const claims = [...text.matchAll(jwt)].map(([, payload]) => decoded(payload ?? ""));
  const systems = [
    ...[...text.matchAll(systemAccount)].map(([, key]) => key),
    ...claims.filter(({ nats }) => nats?.type === "operator").map(({ nats }) => nats?.system_account),
  ];
  const bare = [...text.matchAll(publicKey)].map(([key]) => {
    return identity(key.startsWith("A") ? "account" : "user", key, systems.includes(key));
  });
  const seeds = [...text.matchAll(seed)].map(([key]) => identity("seed", key, false));
  return [...bare, ...seeds, ...claims.flatMap((one) => inClaims(one, systems))];
}

/** Claims of NATS' JWTs, as far as they are looked at. Strangers write them: anything may be missing, or of another shape. */
interface Claims {
  readonly sub?: unknown;
  readonly iss?: unknown;
  readonly nats?: {
    readonly type?: unknown;
    readonly system_account?: unknown;
    readonly issuer_account?: unknown;
    readonly accounts?: unknown;
    readonly signing_keys?: unknown;
  } | null;
}

function decoded(payload: string): Claims {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}

function inClaims({ sub, iss, ...claims }: Claims, systems: readonly unknown[]): Identity[] {
  const nats = claims.nats ?? {};
  const accounts = (keys: readonly unknown[], isSystem: boolean) =>
    keys.filter((key) => typeof key === "string").map((key) => identity("account", key, isSystem));
  switch (nats.type) {
    case "account":
      return accounts([sub, ...signingKeys(nats.signing_keys)], systems.includes(sub));
    case "user": {
      const account = nats.issuer_account ?? iss;
      return [
        ...accounts([account], systems.includes(account)),
        ...(typeof sub === "string" ? [identity("user", sub, false)] : []),
      ];
    }
    // An order to delete accounts.
    case "generic":
      return accounts(listOf(nats.accounts), false);
    default:
      return [];
  }
}

/** A signing key stands alone, or with the role that it signs for. */
function signingKeys(keys: unknown): unknown[] {
  return listOf(keys).map((key) => (typeof key === "object" && key !== null && "key" in key ? key.key : key));
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const identity = (kind: Identity["kind"], key: string, isSystem: boolean): Identity => ({ kind, key, isSystem });
