import { IdentityError } from "./errors";

/** Longest value of a Kubernetes label; names are kept to it too. */
const maxLength = 63;

/**
 * Kubernetes name made of the name of an account or a user, in lower case.
 * @throws {IdentityError} if the result is not a DNS label
 */
export function objectName(kind: "account" | "user", name: string, format: (name: string) => string): string {
  const result = format(name.toLowerCase());
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name.toLowerCase()) && result.length <= maxLength) return result;
  throw new IdentityError(
    `${kind} name ${JSON.stringify(name)} cannot be part of a Kubernetes name: use letters, digits and "-" inside, ` +
      `at most ${maxLength - format("").length} characters`,
  );
}

/** Name of the Secret with the creds of a user. */
export function credsSecretName(user: string): string {
  return `nats-${user}-creds`;
}

/** Secret with the key that signs the answers of the authorization callout. */
export const signingSecretName = "nats-auth-callout-signing";

/** Key of {@link signingSecretName}: seed, SA..., of a signing key of account AUTH. */
export const signingKey = "signing.seed";

/** Secret with the keys that servers encrypt their questions to. */
export const xkeySecretName = "nats-auth-callout-xkey";

/** Key of {@link xkeySecretName}: seeds, SX..., a line each. */
export const xkeyKey = "xkey.seeds";
