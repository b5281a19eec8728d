import { posix } from "node:path";
import { serverLabels } from "../labels";
import { dnsNameFormat, isDnsName } from "./address";
import { throwProblems } from "./errors";

/** Kinds of policy that let an app out to NATS. */
export const networkPolicies = ["kubernetes", "cilium", "none"] as const;
export type NetworkPolicyKind = (typeof networkPolicies)[number];

/** The pods that serve NATS behind a Service of the cluster: policies decide by pods, never by a Service's address or port. */
export interface NatsBackend {
  /** Labels of the pods, at least one. @default those of the platform's servers: the official chart's, release `nats` */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Port of the pods, where the Service's is another. @default the same as `port` */
  readonly podPort?: number;
}

/** How a workload is wired to NATS. Everything has a default, and nothing happens before `enabled` is true. */
export interface NatsArgs {
  /** Whether the workload is wired. @default false */
  readonly enabled?: boolean;
  /** DNS name of the NATS Service, for the app and for the egress rule. @default "nats.messaging.svc.cluster.local" */
  readonly serviceAddress?: string;
  /** Port of the NATS Service. @default 4222 */
  readonly port?: number;
  /** Folder of the token in the containers: its file is `<tokenPath>/token`. An absolute path. @default "/var/run/secrets/nats" */
  readonly tokenPath?: string;
  /**
   * Seconds a token is valid, 600 (Kubernetes refuses less) to 86400. The kubelet writes a new one when 80 % of them have passed.
   * @default 3600
   * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
   */
  readonly tokenExpirationSeconds?: number;
  /** Names of the containers and init containers that get the token and the variables. @default the first container */
  readonly containers?: readonly string[];
  /**
   * Which policy lets the app's pods out to NATS: `kubernetes`, a NetworkPolicy, which any network plugin of note enforces and which can
   * only name what is in the cluster; `cilium`, a CiliumNetworkPolicy, by DNS name, for clusters that run Cilium; `none`, no policy.
   * With either policy the pods reach NATS, DNS, and what other policies allow them: whatever else the app calls needs a policy of its own.
   * @default "kubernetes"
   */
  readonly networkPolicy?: NetworkPolicyKind;
  /** The pods behind `serviceAddress`, where it is a Service of the cluster. @default the platform's servers, on `port` */
  readonly backend?: NatsBackend;
}

/** {@link NatsArgs} that were checked, with their defaults. */
export interface NatsSettings {
  readonly enabled: boolean;
  readonly serviceAddress: string;
  readonly port: number;
  readonly tokenPath: string;
  readonly tokenExpirationSeconds: number;
  readonly containers?: readonly string[];
  readonly networkPolicy: NetworkPolicyKind;
  readonly backend: Required<NatsBackend>;
}

/**
 * The settings that arguments come to. They are checked whether wiring is on or off, so that turning it on holds no surprise.
 * @throws {WiringError} with every value that is out of range, and what is accepted in its place
 */
export function natsSettings(args: NatsArgs = {}): NatsSettings {
  const port = args.port ?? 4222;
  const settings: NatsSettings = {
    enabled: args.enabled ?? false,
    serviceAddress: args.serviceAddress ?? "nats.messaging.svc.cluster.local",
    port,
    tokenPath: args.tokenPath ?? "/var/run/secrets/nats",
    tokenExpirationSeconds: args.tokenExpirationSeconds ?? 3600,
    ...(args.containers ? { containers: args.containers } : {}),
    networkPolicy: args.networkPolicy ?? "kubernetes",
    backend: { podLabels: args.backend?.podLabels ?? serverLabels, podPort: args.backend?.podPort ?? port },
  };
  throwProblems("nats", problemsOf(settings));
  return settings;
}

function problemsOf(settings: NatsSettings): string[] {
  const { serviceAddress, port, tokenPath, tokenExpirationSeconds, containers, networkPolicy, backend } = settings;
  const checks: readonly (readonly [ok: boolean, name: string, value: unknown, accepted: string])[] = [
    [isDnsName(serviceAddress), "serviceAddress", serviceAddress, dnsNameFormat],
    [isPort(port), "port", port, "a whole number from 1 to 65535"],
    [
      isFolder(tokenPath),
      "tokenPath",
      tokenPath,
      'an absolute path such as "/var/run/secrets/nats": letters, digits and . _ - between single slashes, without ".." and not "/" itself',
    ],
    [
      isWholeNumber(tokenExpirationSeconds, 600, 86_400),
      "tokenExpirationSeconds",
      tokenExpirationSeconds,
      "a whole number of seconds from 600, the least that Kubernetes issues, to 86400",
    ],
    [containers?.length !== 0, "containers", containers, "at least one name; leave it out for the first container"],
    [networkPolicies.includes(networkPolicy), "networkPolicy", networkPolicy, `one of ${networkPolicies.join(", ")}`],
    [Object.keys(backend.podLabels).length > 0, "backend.podLabels", backend.podLabels, "at least one label"],
    [isPort(backend.podPort), "backend.podPort", backend.podPort, "a whole number from 1 to 65535"],
  ];
  return checks
    .filter(([ok]) => !ok)
    .map(([, name, value, accepted]) => `${name} = ${JSON.stringify(value)}: must be ${accepted}`);
}

function isPort(value: number): boolean {
  return isWholeNumber(value, 1, 65_535);
}

function isWholeNumber(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** A colon separates paths from their options in a mount, `$(...)` would be replaced in a variable: neither is let in. */
function isFolder(path: string): boolean {
  return /^(\/[\w.-]+)+$/.test(path) && posix.normalize(path) === path;
}
