import { IdentityError } from "./errors";
import { verifyJwt } from "./jwt";
import { signerFromSeed } from "./nkey";

/** What a creds file holds. Both are secret. */
export interface Credentials {
  readonly jwt: string;
  /** SU... */
  readonly seed: string;
}

/**
 * The text of a creds file, byte for byte as nsc writes it.
 * @throws {IdentityError} if the JWT is not of a user or the seed is not the one of its subject
 */
export function formatCreds({ jwt, seed }: Credentials): string {
  checkPair(jwt, seed);
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------

*************************************************************
`;
}

/**
 * Reads a creds file as the NATS clients do: the first two blocks between dashed lines.
 * @throws {IdentityError} if a block is missing, or JWT and seed do not belong together; neither is in the message
 */
export function parseCreds(text: string): Credentials {
  const blocks = [...text.matchAll(/-{3,}[^\n]*-{3,}\r?\n([\w\-.=]+)\r?\n-{3,}[^\n]*-{3,}(?:\r?\n|$)/g)];
  const [jwt, seed] = blocks.map((block) => block[1]);
  if (jwt === undefined || seed === undefined) {
    throw new IdentityError(
      "the creds file has no user JWT or no seed between dashed lines: write it again, with `nsc generate creds` or `make get-credentials`",
    );
  }
  checkPair(jwt, seed);
  return { jwt, seed };
}

function checkPair(jwt: string, seed: string): void {
  const { name, sub } = verifyJwt(jwt, "user");
  const { publicKey } = signerFromSeed(seed, "user");
  if (publicKey !== sub) {
    throw new IdentityError(
      `the seed is that of user ${publicKey}, but the JWT "${name}" is about ${sub}: take both from the same user`,
    );
  }
}
