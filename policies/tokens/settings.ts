/** Settings that several policies about tokens have. */

export const audience = {
  type: "string",
  minLength: 1,
  description: "Audience of tokens for NATS; the authorization callout's, too.",
  default: "nats",
} as const;

/** Shortest life of a token that Kubernetes issues, in seconds. */
export const shortestLife = 600;

/** Life of a token whose `expirationSeconds` is missing, in seconds: Kubernetes' own default. */
export const defaultLife = 3_600;

export const maxSeconds = {
  type: "integer",
  minimum: shortestLife,
  maximum: 86_400,
  description: "Longest life of a token, in seconds.",
  default: 7_200,
} as const;

/** Type of Secrets that hold a ServiceAccount's token for ever. */
export const tokenSecretType = "kubernetes.io/service-account-token";

/** What to do in place of such a Secret. */
export const tokenSecretRemedy =
  "Project the token into the pods that need it (volumes[].projected.sources[].serviceAccountToken).";
