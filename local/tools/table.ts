/** What a tool is needed for: commands ask for the purposes they serve, so that nobody builds what they don't use. */
export type Purpose = "cluster" | "images" | "deploy" | "charts" | "tests";

/** How an official binary found on PATH proves its version. */
export interface VersionProbe {
  /** Arguments that make the binary print its version. */
  readonly args: readonly string[];
  /** Arguments of binaries that differ from the tool's others. */
  readonly argsOf?: Readonly<Record<string, readonly string[]>>;
  /** Finds the version in what is printed: its first group, without the leading `v`. */
  readonly pattern: RegExp;
  /** Whether a newer version does as well as ours. @default only exactly ours is taken */
  readonly newerAccepted?: boolean;
}

/** A program, or a few that share one module, built from Go modules pinned by `modules/<name>/go.mod` and `go.sum`. */
export interface ToolSpec {
  /** Name, and folder below `modules/`. */
  readonly name: string;
  /** Version of the module with its leading `v`; with the name it keys the cache. */
  readonly version: string;
  /** Main package of each binary. */
  readonly binaries: Readonly<Record<string, string>>;
  /** `-X` settings the project's own release build uses, so that `--version` tells the truth. */
  readonly stamps?: readonly string[];
  /** How to recognise an official binary. @default none is taken: the binary does not tell its version */
  readonly probe?: VersionProbe;
  /** The binary goes into container images without a C library, so only a static one will do. @default false */
  readonly static?: boolean;
  /** Name of the tool whose official installation brings this one along, in the same folder. */
  readonly comesWith?: string;
  /** Whether the binaries are linked into {@link toolsBin}. @default true */
  readonly onPath?: boolean;
  readonly purpose: Purpose;
  /** Seconds of its build on two cores when all are built in the table's order from an empty build cache; the basis of estimates. */
  readonly coldSeconds: number;
  /** Packages compiled in that build: those it does not share with the tools before it. */
  readonly coldPackages: number;
}

const kubernetes = "k8s.io/kubernetes/cmd";
const containerd = "github.com/containerd/containerd/v2";
const cniPlugins = "github.com/containernetworking/plugins/plugins";
const calico = "github.com/projectcalico/calico";

/** Every program that is built, with its exact version. Longest builds first: that order keeps all cores busy to the end. */
export const toolTable = [
  {
    name: "kubernetes",
    version: "v1.36.3",
    binaries: {
      "kube-apiserver": `${kubernetes}/kube-apiserver`,
      "kube-controller-manager": `${kubernetes}/kube-controller-manager`,
      "kube-scheduler": `${kubernetes}/kube-scheduler`,
      kubelet: `${kubernetes}/kubelet`,
      "kube-proxy": `${kubernetes}/kube-proxy`,
    },
    stamps: [
      "k8s.io/component-base/version.gitVersion=v1.36.3",
      "k8s.io/component-base/version.gitMajor=1",
      "k8s.io/component-base/version.gitMinor=36",
    ],
    probe: { args: ["--version"], pattern: /^Kubernetes v(\S+)/m },
    purpose: "cluster",
    coldSeconds: 258,
    coldPackages: 2550,
  },
  {
    name: "pulumi",
    version: "v3.246.0",
    binaries: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    stamps: ["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.246.0"],
    probe: { args: ["version"], pattern: /^v(\d\S*)/m, newerAccepted: true },
    purpose: "deploy",
    coldSeconds: 170,
    coldPackages: 1388,
  },
  {
    name: "calico",
    // The commit of release v3.31 that the module proxy serves.
    version: "v3.31-b1f3c43f8437",
    binaries: { "calico-felix": `${calico}/felix/cmd/calico-felix`, calico: `${calico}/cni-plugin/cmd/calico` },
    purpose: "cluster",
    coldSeconds: 154,
    coldPackages: 1047,
  },
  {
    name: "coredns",
    version: "v1.12.4",
    binaries: { coredns: "github.com/coredns/coredns" },
    probe: { args: ["-version"], pattern: /^CoreDNS-(\S+)/m },
    static: true,
    purpose: "images",
    coldSeconds: 78,
    coldPackages: 966,
  },
  {
    name: "helm",
    version: "v3.20.2",
    binaries: { helm: "helm.sh/helm/v3/cmd/helm" },
    stamps: ["helm.sh/helm/v3/internal/version.version=v3.20.2"],
    probe: { args: ["version", "--short"], pattern: /^v([^+\s]+)/m },
    purpose: "charts",
    coldSeconds: 54,
    coldPackages: 572,
  },
  {
    name: "containerd",
    version: "v2.1.4",
    binaries: {
      containerd: `${containerd}/cmd/containerd`,
      "containerd-shim-runc-v2": `${containerd}/cmd/containerd-shim-runc-v2`,
      ctr: `${containerd}/cmd/ctr`,
    },
    stamps: [`${containerd}/version.Version=2.1.4`],
    probe: {
      args: ["--version"],
      argsOf: { "containerd-shim-runc-v2": ["-v"] },
      pattern: /(?:containerd\/v2\s+|Version:\s+)v?(\S+)/,
    },
    purpose: "cluster",
    coldSeconds: 47,
    coldPackages: 686,
  },
  {
    name: "etcd",
    version: "v3.6.5",
    binaries: { etcd: "go.etcd.io/etcd/server/v3" },
    probe: { args: ["--version"], pattern: /^etcd Version: (\S+)/m },
    purpose: "cluster",
    coldSeconds: 30,
    coldPackages: 301,
  },
  {
    name: "natscli",
    version: "v0.1.6",
    binaries: { nats: "github.com/nats-io/natscli/nats" },
    probe: { args: ["--version"], pattern: /^v?(\d\S*)/m },
    static: true,
    purpose: "images",
    coldSeconds: 24,
    coldPackages: 144,
  },
  {
    name: "pulumi-language-nodejs",
    // The last version of the module that holds the Node.js language host.
    version: "v3.68.0",
    binaries: { "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" },
    comesWith: "pulumi",
    // In sight of the engine it would be asked to run policy packs, which one this old cannot.
    onPath: false,
    purpose: "deploy",
    coldSeconds: 16,
    coldPackages: 275,
  },
  {
    name: "nats-server",
    version: "v2.14.2",
    binaries: { "nats-server": "github.com/nats-io/nats-server/v2" },
    probe: { args: ["--version"], pattern: /^nats-server: v(\S+)/m },
    static: true,
    purpose: "images",
    coldSeconds: 14,
    coldPackages: 38,
  },
  {
    name: "prometheus-nats-exporter",
    version: "v0.20.1",
    binaries: { "prometheus-nats-exporter": "github.com/nats-io/prometheus-nats-exporter" },
    stamps: ["main.version=0.20.1"],
    probe: { args: ["-version"], pattern: /version v?(\S+)/ },
    static: true,
    purpose: "images",
    coldSeconds: 14,
    coldPackages: 50,
  },
  {
    name: "gofakes3",
    version: "v1.2.0",
    binaries: { gofakes3: "github.com/johannesboyne/gofakes3/cmd/gofakes3" },
    purpose: "tests",
    coldSeconds: 8,
    coldPackages: 16,
  },
  {
    name: "cni-plugins",
    version: "v1.9.1",
    binaries: {
      loopback: `${cniPlugins}/main/loopback`,
      "host-local": `${cniPlugins}/ipam/host-local`,
      portmap: `${cniPlugins}/meta/portmap`,
    },
    purpose: "cluster",
    coldSeconds: 4,
    coldPackages: 21,
  },
  {
    name: "nats-server-config-reloader",
    version: "v0.23.0",
    binaries: { "nats-server-config-reloader": "github.com/nats-io/nack/cmd/nats-server-config-reloader" },
    stamps: ["main.Version=0.23.0"],
    probe: { args: ["-v"], pattern: /Reloader v+(\S+)/ },
    static: true,
    purpose: "images",
    coldSeconds: 3,
    coldPackages: 5,
  },
] as const satisfies readonly ToolSpec[];

type Row = (typeof toolTable)[number];

/** Name of a row of {@link toolTable}. */
export type ToolName = Row["name"];

/** Name of an executable one of the tools provides. */
export type BinaryName = { [R in Row as R["name"]]: keyof R["binaries"] }[ToolName] & string;

/**
 * The row of a tool.
 * @throws {Error} if there is none of that name; the message lists those there are
 */
export function toolSpec(name: string): ToolSpec {
  const spec = toolTable.find((row) => row.name === name);
  if (!spec) throw new Error(`tool "${name}" is not known; accepted: ${toolNames().join(", ")}`);
  return spec;
}

/** The row of the tool that provides a binary. */
export function providerOf(binary: BinaryName): ToolSpec {
  const rows: readonly ToolSpec[] = toolTable;
  const spec = rows.find((row) => Object.hasOwn(row.binaries, binary));
  if (!spec) throw new Error(`no tool provides a binary "${binary}"`);
  return spec;
}

/** Names of all tools, or of those a purpose needs, in the table's order. */
export function toolNames(...purposes: readonly Purpose[]): ToolName[] {
  return toolTable.filter((row) => purposes.length === 0 || purposes.includes(row.purpose)).map((row) => row.name);
}
