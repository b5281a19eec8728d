/** Settings that several policies about tokens have. */

export const audience = {
  type: "string",
  minLength: 1,
  description: "Audience of tokens for NATS; the authorization callout's, too.",
  default: "nats",
} as const;

/** Shortest life of a token that Kubernetes issues, in seconds. */
export const shortestLife = 600;
