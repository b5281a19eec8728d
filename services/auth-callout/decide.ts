import { Denied } from "./denied";
import type { Directory } from "./kubernetes/directory";
import type { AdmittedUser } from "./nats/answer";
import { appPermissions } from "./permissions";
import type { TokenIdentity, TokenVerifier } from "./token/claims";

/** Which tenant ServiceAccounts belong to where no label of their namespace says so. */
export interface Mapping {
  readonly namespace: string;
  /** @default every one of the namespace */
  readonly serviceAccount?: string;
  readonly tenant: string;
}

/** What logins are decided by. */
export interface Rules {
  /** First one that fits counts, before any label. */
  readonly mapping: readonly Mapping[];
  /** Whether a token that is not bound to a pod is refused. */
  readonly requirePod: boolean;
}

/** A user that is let in, and whose it is, for the log. */
export interface Admission extends AdmittedUser {
  readonly tenant: string;
}

/** Milliseconds that a pod or ServiceAccount may take to be told to us. A server waits 2 s for an answer. */
const toldMs = 1_000;

/** Share of a token's life after which a connection may end at the earliest: kubelet has written a new token at 80 %. */
const earliestShare = 0.85;

/** Decides whether the bearer of a token is let in, and as whom. */
export class Decider {
  /** @param random number from 0 to below 1 */
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly directory: Directory,
    private readonly rules: Rules,
    private readonly now: () => number = Date.now,
    private readonly random: () => number = Math.random,
  ) {}

  /** @throws {Denied} with why not */
  async decide(token: string | undefined): Promise<Admission> {
    if (token === undefined) throw new Denied("no-token", "the client gave no token");
    const identity = await this.verifier.verify(token);
    const annotations = await this.annotationsOf(identity);
    const { namespace, serviceAccount, pod } = identity;
    const workload = `${namespace}/${serviceAccount.name}`;
    const tenant = tenantOf({ namespace, serviceAccount: serviceAccount.name }, this.rules.mapping, this.directory);
    if (tenant === undefined) throw new Denied("no-tenant", `${workload}: no label of the namespace names a tenant`);
    const signer = this.directory.signerOf(tenant);
    if (signer === undefined) throw new Denied("tenant-unknown", `${workload}: there is no tenant ${tenant}`);
    if (signer.suspended) throw new Denied("tenant-suspended", `${workload}: tenant ${tenant} is suspended`);
    const now = this.now() / 1_000;
    // While the cluster's objects were waited for, or while it was known already.
    if (identity.expiresAt <= now) throw new Denied("expired", `${workload}: the token has expired`);
    const { publish, subscribe } = appPermissions(
      { namespace, serviceAccount: serviceAccount.name, annotations },
      signer,
    );
    return {
      tenant,
      name: pod ? `${workload}/${pod.name}` : workload,
      accountId: signer.accountId,
      signer: signer.signer,
      publish,
      subscribe,
      expiresAt: connectionEnd(identity, now, this.random()),
    };
  }

  /** Annotations of the ServiceAccount, once it and the pod are known to be there. */
  private async annotationsOf(identity: TokenIdentity): Promise<Readonly<Record<string, string>>> {
    const { namespace, serviceAccount, pod } = identity;
    const { directory } = this;
    const workload = `${namespace}/${serviceAccount.name}`;
    if (pod === undefined && this.rules.requirePod)
      throw new Denied("unbound", `${workload}: the token is not bound to a pod`);
    const account = () => directory.serviceAccount(namespace, serviceAccount.name, serviceAccount.uid);
    const podIsThere = () => pod === undefined || directory.hasPod(namespace, pod.name, pod.uid);
    await directory.until(() => account() !== undefined && podIsThere(), toldMs);
    const annotations = account();
    if (annotations === undefined) {
      throw new Denied(
        "service-account-gone",
        `${workload}: the ServiceAccount the token is for is not there any more`,
      );
    }
    if (!podIsThere()) {
      const label = "or has no label nats-platform/client";
      throw new Denied(
        "pod-gone",
        `${workload}: pod ${pod?.name}, which the token is for, is not there any more, ${label}`,
      );
    }
    return annotations;
  }
}

/** Tenant of a ServiceAccount: by the mapping, else by its namespace's label; undefined if it is of none. */
export function tenantOf(
  { namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string },
  mapping: readonly Mapping[],
  directory: Pick<Directory, "tenantOf">,
): string | undefined {
  const fits = (one: Mapping) =>
    one.namespace === namespace && (one.serviceAccount === undefined || one.serviceAccount === serviceAccount);
  return mapping.find(fits)?.tenant ?? directory.tenantOf(namespace);
}

/**
 * When a connection ends, so that its client comes back with a newer token: never after the token it came with, and for each at a moment of
 * its own, so that a fleet does not reconnect at once.
 * @param now unix seconds
 * @param random number from 0 to below 1
 * @returns unix seconds, a whole number
 */
export function connectionEnd({ issuedAt, expiresAt }: TokenIdentity, now: number, random: number): number {
  const usual = issuedAt + (expiresAt - issuedAt) * earliestShare;
  // Late in the token's life: half of what is left, or a client whose token is not renewed would be thrown out time and again.
  const earliest = Math.max(usual, now + (expiresAt - now) / 2);
  return Math.max(Math.floor(now) + 1, Math.floor(earliest + (expiresAt - earliest) * random));
}
