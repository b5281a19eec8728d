/** Why a login is refused; label `reason` of the metric, and field of the log. */
export type DenialReason =
  /** Nothing but a token lets an app in. */
  | "no-token"
  /** No ServiceAccount token, or without the claims that one has. */
  | "malformed"
  | "signature"
  | "issuer"
  /** Not for NATS, or not for NATS alone. */
  | "audience"
  | "expired"
  | "not-yet-valid"
  /** Not bound to a pod. */
  | "unbound"
  | "pod-gone"
  | "service-account-gone"
  /** The namespace is no tenant's. */
  | "no-tenant"
  /** The namespace is of a tenant that the environment does not have. */
  | "tenant-unknown"
  | "tenant-suspended"
  /** The client has failed too often. */
  | "rate-limited"
  /** What tokens are verified with cannot be had at the moment. */
  | "unavailable"
  /** A fault of the service. */
  | "internal";

/** A login is refused. The message is for the log: it never holds anything of the token but names that were verified. */
export class Denied extends Error {
  override readonly name = "Denied";

  constructor(
    readonly reason: DenialReason,
    detail: string,
  ) {
    super(detail);
  }
}
