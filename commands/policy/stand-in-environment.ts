import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { accountClaims } from "../../components/identity/claims/account";
import { operatorClaims } from "../../components/identity/claims/operator";
import { encodeJwt } from "../../components/identity/jwt";
import { encodeKeyPair, type SigningKind, signerFromSeed } from "../../components/identity/nkey";
import { minimumServerVersion, systemAccountLimits } from "../../components/identity/platform-users";
import { platformUrls } from "../../components/platform/urls";
import type { Tenancy } from "../../stacks/environment";
import { platformArgs } from "../../stacks/platform-args";
import { parsePlatformConfig } from "../../stacks/platform-config";

/**
 * What an environment's stack would tell those of its tenants, had it been brought up: as its configuration says, with keys made for the occasion
 * that no server knows.
 * @param values configuration of the environment, without the project's prefix
 * @throws {ConfigError} if a value is wrong
 */
export function standInOutputs(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const config = parsePlatformConfig(values, new Set());
  const urls = platformUrls(platformArgs(config));
  const [operator, signing] = [newKey("operator"), newKey("operator")];
  const [system, systemSigning] = [newKey("account"), newKey("account")];
  const issued = { issuedAt: 1 };
  const systemClaims = accountClaims({
    name: "SYS",
    publicKey: system.publicKey,
    limits: systemAccountLimits,
    signingKeys: [systemSigning.publicKey],
  });
  const claims = operatorClaims({
    name: "stand-in",
    publicKey: operator.publicKey,
    signingKeys: [signing.publicKey],
    systemAccountId: system.publicKey,
    minimumServerVersion,
  });
  const tenancy: Tenancy = {
    tenantsNamespace: config.tenantsNamespace,
    monitoringNamespace: config.monitoringNamespace,
    platformNamespace: config.namespace,
    accountsNamespace: `${config.namespace}-accounts`,
    calloutNamespace: `${config.namespace}-callout`,
    operatorJwt: encodeJwt(claims, operator.signer, issued),
    operatorPublicKey: operator.publicKey,
    epochs: { operator: config.operatorEpoch, accounts: config.accountsEpoch },
    systemAccountId: system.publicKey,
    systemAccountJwt: encodeJwt(systemClaims, signing.signer, issued),
    natsClusterUrl: urls.cluster,
    accountSyncUrl: `http://account-sync.${config.namespace}.svc.cluster.local:8080`,
    ceiling: config.tenantCeiling,
    metrics: config.metrics,
    images: config.images,
    protect: config.protect,
    ...(config.tlsClientSecret ? { tlsCaSecret: config.tlsCaSecret } : {}),
  };
  return { tenancy, operatorSigningSeed: pulumi.secret(signing.seed) };
}

function newKey(kind: SigningKind) {
  const { publicKey, seed } = encodeKeyPair(kind, randomBytes(32));
  return { publicKey, seed, signer: signerFromSeed(seed) };
}
