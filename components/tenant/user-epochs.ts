/** Where a user's creds stand in their rotation. */
export interface UserEpochs {
  /** The newest creds, a whole number from 1. Each epoch is a key pair of its own. */
  readonly epoch: number;
  /** Creds up to this epoch are refused, those above it up to {@link epoch} are good: both overlap until this is raised. 0 for none. */
  readonly retiredEpoch: number;
  /** Whether all creds are refused. */
  readonly revoked: boolean;
}

/** All epochs whose keys the stack keeps: those that are good, and those that the account must go on to refuse. */
export function keptEpochs({ epoch }: UserEpochs): number[] {
  return Array.from({ length: epoch }, (_, index) => index + 1);
}

/** Epochs whose keys are refused. */
export function refusedEpochs(user: UserEpochs): number[] {
  return keptEpochs(user).filter((epoch) => user.revoked || epoch <= user.retiredEpoch);
}

/** The last second of the year 9999, in unix seconds. */
const endOfTime = 253_402_300_799;

/**
 * Revocations of an account for keys that are never to be let in again.
 *
 * A server refuses a user whose JWT was issued at or before the time that stands beside its key. The time of the revocation would be the
 * obvious one, but it is known to nobody here: the clock would make every run another JWT, and a time of issue kept in the state is made
 * from the claims, of which it would be a part. It need not be known: each epoch has a key pair of its own that signs in with no other,
 * so a retired key is refused whenever its JWT was issued, and any time after the last of them will do. It is always the same one, far in the future.
 */
export function revocationsOf(publicKeys: readonly string[]): Record<string, number> {
  return Object.fromEntries(publicKeys.map((key) => [key, endOfTime]));
}
