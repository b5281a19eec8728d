import * as pulumi from "@pulumi/pulumi";
import { operatorClaims } from "./claims/operator";
import { IdentityError } from "./errors";
import { readOperator } from "./existing";
import { issueJwt } from "./issued-jwt";
import { generateKeyPair, type KeyPair, signingKeyWindow } from "./key-pair";
import { signerFromSeed } from "./nkey";

/** An operator whose keys are made and kept by this stack. */
export interface GeneratedOperatorArgs {
  /** Name in the JWT. */
  readonly name: string;
  /** Rotation epoch of the signing keys, a whole number from 1. Add 1 to rotate. */
  readonly epoch: number;
  /** Public key of the system account. */
  readonly systemAccountId: pulumi.Input<string>;
  /** Oldest server version allowed, `major.minor.patch`. */
  readonly minimumServerVersion: string;
}

/** An operator made elsewhere (nsc, Synadia Control Plane): its identity key stays there, its JWT changes only there. */
export interface ExistingOperatorArgs {
  readonly jwt: pulumi.Input<string>;
  /** Seed, SO..., of one of its signing keys. Secret. */
  readonly signingKeySeed: pulumi.Input<string>;
  /** Whether a system account is given too. Without it the operator JWT must not name one. */
  readonly hasSystemAccount: boolean;
}

/**
 * The root of trust: servers accept accounts that this operator signed.
 * The identity key signs the operator's own JWT and is never rotated; accounts are signed by the signing key of the epoch.
 * @throws {IdentityError} if the epoch, the name's claims, or an existing operator's JWT and seed are not usable
 */
export class Operator extends pulumi.ComponentResource {
  /** Identity key, O... */
  readonly publicKey: pulumi.Output<string>;
  /** Not secret: every server has it in its configuration. */
  readonly jwt: pulumi.Output<string>;
  /** Signs accounts. */
  readonly signingKey: KeyPair;

  constructor(
    name: string,
    args: GeneratedOperatorArgs | ExistingOperatorArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("nats-platform:identity:Operator", name, {}, opts);
    const parts = "jwt" in args ? existingOperator(args) : generatedOperator(name, args, { parent: this });
    this.publicKey = parts.publicKey;
    this.jwt = parts.jwt;
    this.signingKey = parts.signingKey;
    this.registerOutputs({ publicKey: this.publicKey, jwt: this.jwt });
  }
}

interface OperatorParts {
  readonly publicKey: pulumi.Output<string>;
  readonly jwt: pulumi.Output<string>;
  readonly signingKey: KeyPair;
}

function generatedOperator(
  name: string,
  { name: operatorName, epoch, systemAccountId, minimumServerVersion }: GeneratedOperatorArgs,
  opts: pulumi.CustomResourceOptions,
): OperatorParts {
  const identity = generateKeyPair(`${name}-key`, "operator", opts);
  const signingKeys = signingKeyWindow(`${name}-signing-key`, "operator", epoch, opts);
  const claims = pulumi
    .all([identity.publicKey, signingKeys.publicKeys, systemAccountId])
    .apply(([publicKey, keys, systemAccount]) =>
      operatorClaims({
        name: operatorName,
        publicKey,
        signingKeys: keys,
        systemAccountId: systemAccount,
        minimumServerVersion,
      }),
    );
  const jwt = issueJwt(`${name}-issue`, { claims, signer: identity, epoch }, opts);
  return { publicKey: identity.publicKey, jwt: pulumi.unsecret(jwt), signingKey: signingKeys.active };
}

function existingOperator({ jwt, signingKeySeed, hasSystemAccount }: ExistingOperatorArgs): OperatorParts {
  const seed = pulumi.secret(signingKeySeed).apply((text) => text.trim());
  const operator = pulumi.all([jwt, seed]).apply(([text, secret]) => {
    const read = readOperator(text, secret);
    if (read.systemAccountId !== undefined && !hasSystemAccount) {
      throw new IdentityError(
        `the operator JWT names ${read.systemAccountId} as its system account: give that account's JWT and the seed of one of its signing keys too`,
      );
    }
    return read;
  });
  return {
    publicKey: pulumi.unsecret(operator.apply(({ publicKey }) => publicKey)),
    // Through `operator`, so that nothing is built on a JWT that was not checked.
    jwt: pulumi.unsecret(pulumi.all([jwt, operator]).apply(([text]) => text.trim())),
    signingKey: {
      publicKey: pulumi.unsecret(seed.apply((secret) => signerFromSeed(secret, "operator").publicKey)),
      seed,
    },
  };
}
