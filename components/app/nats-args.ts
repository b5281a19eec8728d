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
  throwProblems("nats", shapeProblems(args));
  const port = args.port ?? 4222;
  const settings: NatsSettings = {
    enabled: args.enabled ?? false,
    serviceAddress: args.serviceAddress ?? "nats.messaging.svc.cluster.local",
    port,
    tokenPath: args.tokenPath ?? "/var/run/secrets/nats",
    tokenExpirationSeconds: args.tokenExpirationSeconds ?? 3600,
    ...(args.containers === undefined ? {} : { containers: args.containers }),
    networkPolicy: args.networkPolicy ?? "kubernetes",
    backend: { podLabels: serverLabels, podPort: port, ...definedOf(args.backend ?? {}) },
  };
  throwProblems("nats", problemsOf(settings));
  return settings;
}

function problemsOf(settings: NatsSettings): string[] {
  const { enabled, serviceAddress, port, tokenPath, tokenExpirationSeconds } = settings;
  const { containers, networkPolicy, backend } = settings;
  const checks: readonly (readonly [ok: boolean, name: string, value: unknown, accepted: string])[] = [
    [typeof enabled === "boolean", "enabled", enabled, "true or false"],
    [isText(serviceAddress) && isDnsName(serviceAddress), "serviceAddress", serviceAddress, dnsNameFormat],
    [isPort(port), "port", port, "a whole number from 1 to 65535"],
    [
      isText(tokenPath) && isFolder(tokenPath),
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
    [
      containers === undefined || (Array.isArray(containers) && containers.length > 0 && containers.every(isText)),
      "containers",
      containers,
      "a list of at least one name; leave it out for the first container",
    ],
    [networkPolicies.includes(networkPolicy), "networkPolicy", networkPolicy, `one of ${networkPolicies.join(", ")}`],
    [areLabels(backend.podLabels), "backend.podLabels", backend.podLabels, "at least one label, with its value"],
    [isPort(backend.podPort), "backend.podPort", backend.podPort, "a whole number from 1 to 65535"],
  ];
  return checks.filter(([ok]) => !ok).map(([, name, value, accepted]) => problem(name, value, accepted));
}

function problem(name: string, value: unknown, accepted: string): string {
  return `${name} = ${JSON.stringify(value)}: must be ${accepted}`;
}

function definedOf<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value;
}

// Arguments come from programs without types, too, and from configuration that was read without a check.

function shapeProblems(args: NatsArgs): string[] {
  if (!isObject(args)) return [problem("nats", args, "an object of options, such as { enabled: true }")];
  const { backend } = args;
  if (backend === undefined || isObject(backend)) return [];
  return [problem("backend", backend, "an object with podLabels, podPort or both")];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function areLabels(labels: unknown): boolean {
  return isObject(labels) && Object.keys(labels).length > 0 && Object.values(labels).every(isText);
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
