/** What a NATS JWT says, as far as policies ask. Nothing of it is to be trusted: no signature is checked. */
export interface NatsClaims {
  readonly name: string;
  /** `operator`, `account`, `user`, `generic`, ...; undefined for a JWT that is not of NATS. */
  readonly type: string | undefined;
  readonly iat: unknown;
  readonly exp: unknown;
  /** The NATS part. */
  readonly nats: Readonly<Record<string, unknown>>;
}

/** A part ends where the alphabet of base64url does. */
const pattern = /eyJ[\w-]+\.([\w-]{2,})\.?[\w-]*/g;

/** The JWTs of NATS in a text, such as a creds file or the configuration of a server. */
export function jwtsIn(text: string): NatsClaims[] {
  return [...text.matchAll(pattern)]
    .map(([, payload = ""]) => claimsOf(payload))
    .filter((claims) => claims !== undefined);
}

/** Whether a text holds a JWT that is not for everybody: any but an operator's or an account's, which are public keys and limits. */
export function holdsPrivateJwt(text: string): boolean {
  return [...text.matchAll(pattern)].some(([, payload = ""]) => {
    return !["operator", "account"].includes(claimsOf(payload)?.type ?? "");
  });
}

function claimsOf(payload: string): NatsClaims | undefined {
  try {
    const claims = asMap(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    const nats = asMap(claims.nats);
    // The first version of NATS' JWTs has its type outside.
    const type = nats.type ?? claims.type;
    return {
      name: typeof claims.name === "string" && claims.name !== "" ? claims.name : String(claims.sub ?? ""),
      type: typeof type === "string" ? type : undefined,
      iat: claims.iat,
      exp: claims.exp,
      nats,
    };
  } catch {
    return undefined;
  }
}

/** The map that a value is; an empty one if it is none. */
export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The list that a value is; an empty one if it is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
