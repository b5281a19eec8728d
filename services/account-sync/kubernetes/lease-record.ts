/** A Lease as leaders keep it. https://kubernetes.io/docs/concepts/architecture/leases/ */
export interface LeaseRecord {
  /** Empty when it is nobody's. */
  readonly holder: string;
  /** Seconds it is good for after each renewal. */
  readonly durationSeconds: number;
  readonly transitions: number;
  /** Unix milliseconds. */
  readonly acquiredAt: number;
  readonly renewedAt: number;
}

/** A record, and when by our own clock we first saw it so: clocks of other nodes are not relied upon. */
export interface SeenLease {
  readonly record: LeaseRecord;
  readonly seenAt: number;
}

/** Seconds a leader is believed to be there after its last renewal. */
export const leaseSeconds = 6;
/** Milliseconds between two tries to renew, and without a renewal until the leader stops acting: before anybody else may begin. */
export const renewMs = 1_500;
export const giveUpMs = 4_000;

/**
 * The record with which a candidate takes or renews the Lease; undefined while it is somebody else's.
 * @param seen undefined if there is no Lease yet
 * @param now unix milliseconds
 */
export function claim(candidate: string, seen: SeenLease | undefined, now: number): LeaseRecord | undefined {
  const fresh = { holder: candidate, durationSeconds: leaseSeconds, renewedAt: now };
  if (!seen) return { ...fresh, transitions: 0, acquiredAt: now };
  const { record } = seen;
  if (record.holder === candidate) return { ...record, ...fresh };
  return claimableIn(seen, now) > 0 ? undefined : { ...fresh, transitions: record.transitions + 1, acquiredAt: now };
}

/** Milliseconds until a candidate may try with success; 0 if it may now. */
export function claimableIn(seen: SeenLease | undefined, now: number): number {
  if (!seen || seen.record.holder === "") return 0;
  return Math.max(seen.seenAt + seen.record.durationSeconds * 1000 - now, 0);
}

/** The record with which a leader lets go, so that the next one need not wait. */
export function release(record: LeaseRecord, now: number): LeaseRecord {
  return { ...record, holder: "", durationSeconds: 1, renewedAt: now };
}
