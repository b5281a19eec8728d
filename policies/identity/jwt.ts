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

/** The JWTs of NATS in a text, such as a creds file or the configuration of a server. */
export function jwtsIn(text: string): NatsClaims[] {
  return payloadsIn(text)
    .map(claimsOf)
    .filter((claims) => claims !== undefined);
}

/** Whether a text holds a JWT that is not for everybody: any but an operator's or an account's, which are public keys and limits. */
export function holdsPrivateJwt(text: string): boolean {
  return payloadsIn(text).some((payload) => !["operator", "account"].includes(claimsOf(payload)?.type ?? ""));
}

/** The second parts of JWTs: what follows, after a dot, a text in base64url in which JSON begins. In time that grows with the text, whatever it is. */
function payloadsIn(text: string): string[] {
  return text.split(/[^\w.-]+/).flatMap((run) => {
    const parts = run.split(".");
    const payloads: string[] = [];
    for (let at = 0; at + 1 < parts.length; at++) {
      const payload = parts[at + 1] ?? "";
      if (payload.length < 2 || !/eyJ[\w-]/.test(parts[at] ?? "")) continue;
      payloads.push(payload);
      // What follows is its signature.
      at += 2;
    }
    return payloads;
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
