import { IdentityError } from "./errors";

/**
 * Issue time of a JWT (`iat`, unix seconds) from the UUIDv7 that stands for its issue.
 *
 * Why not the clock: a second `pulumi up` must write the very same JWT, yet changed claims need a larger `iat`, because a server's resolver
 * keeps whichever JWT of an account was issued later. A `random.RandomUuid7` gives both: its first 48 bits are the milliseconds of its
 * creation, it is kept in the stack's state, and its keepers (a digest of the claims) replace it exactly when the claims change.
 * @throws {IdentityError} if the text is not a UUID of version 7
 */
export function issueTime(uuid: string): number {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.exec(uuid);
  if (!match)
    throw new IdentityError(`${JSON.stringify(uuid)} is not a UUID of version 7: take it from a random.RandomUuid7`);
  return Math.floor(Number.parseInt(`${match[1]}${match[2]}`, 16) / 1000);
}
