import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { issueTime } from "./issue-time";
import { type Claims, claimsDigest, encodeJwt } from "./jwt";
import type { KeyPair } from "./key-pair";
import { signerFromSeed } from "./nkey";

/** Arguments of {@link issueJwt}. */
export interface IssueJwtArgs {
  /** What the JWT says. Must not be secret: a digest of it is kept as a plain keeper. */
  readonly claims: pulumi.Output<Claims>;
  readonly signer: KeyPair;
  /** A new epoch issues the JWT anew, even if it says the same. */
  readonly epoch: number;
  /** Seconds until it expires. @default never */
  readonly ttlSeconds?: number;
}

/**
 * A signed JWT that stays the same, byte for byte, until its claims, its signer or its epoch change; then it is issued anew, with a later time.
 * The time is that of a `random.RandomUuid7` named `name` (see issue-time.ts).
 * @returns the JWT, secret because a seed went into it
 */
export function issueJwt(name: string, args: IssueJwtArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { claims, signer, epoch, ttlSeconds } = args;
  const digest = pulumi
    .all([claims, signer.publicKey])
    .apply(([said, issuer]) => claimsDigest(said, issuer, ttlSeconds));
  const issue = new random.RandomUuid7(name, { keepers: { claims: digest, epoch: String(epoch) } }, opts);
  return pulumi
    .all([claims, signer.seed, issue.result])
    .apply(([said, seed, uuid]) => encodeJwt(said, signerFromSeed(seed), { issuedAt: issueTime(uuid), ttlSeconds }));
}
