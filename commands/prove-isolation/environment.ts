import type { Tls } from "../../services/isolation-probe/contract";

/** A pod that is asked, or asks. */
export interface PodAddress {
  readonly name: string;
  readonly ip: string;
}

/** A Service and the pods behind it. */
export interface Target {
  /** Name of the Service. */
  readonly name: string;
  /** Its address: an IP, or its name in DNS where it has none. */
  readonly host: string;
  readonly pods: readonly PodAddress[];
}

/** Creds of a tenant that the probes may use: the strongest it has. */
export interface TenantCreds {
  readonly user: string;
  readonly role: string;
  /** Secret in the tenants' namespace. */
  readonly secret: string;
}

/** A tenant as the cluster has it. */
export interface TenantFacts {
  readonly id: string;
  /** Public key of its account; undefined where it has no account's Secret. */
  readonly account?: string;
  /** Where the policies of its workers let them send, as its stack declares it. */
  readonly egress: "restricted" | "open";
  /** Undefined where no user of it could be used. */
  readonly creds?: TenantCreds;
  /** Its instances, by number. */
  readonly instances: readonly Target[];
}

/** An environment and its tenants, as the stack's outputs and the cluster have them. */
export interface Environment {
  readonly namespaces: { readonly platform: string; readonly tenants: string; readonly monitoring: string };
  /** The monitoring namespace, if it exists: whether the platform lets it read, which is by label. */
  readonly monitoring?: { readonly labelled: boolean };
  readonly platform: {
    readonly target: Target;
    readonly leafnodes: boolean;
    readonly tls?: Tls;
  };
  /** Whether servers have an exporter beside them. */
  readonly metrics: boolean;
  /** By id. */
  readonly tenants: readonly TenantFacts[];
}
