import * as path from "node:path";
import { tool } from "../tools";
import type { ImageConfig, ImageSpec } from "./archive";
import { directory, type Entry, link, program, script, text } from "./layer";

/** Names under which the local cluster finds its own images. */
export const pauseImage = "docker.io/local/pause:1";
export const corednsImage = "docker.io/coredns/coredns:1.12.4";

/** Names the NATS chart and our own workloads ask for. */
export const natsImage = "docker.io/library/nats:2.14.2-alpine";
export const natsBoxImage = "docker.io/natsio/nats-box:0.19.7";
export const reloaderImage = "docker.io/natsio/nats-server-config-reloader:0.23.0";
export const exporterImage = "docker.io/natsio/prometheus-nats-exporter:0.20.1";
export const nodeImage = "docker.io/library/node:24.21.0-slim";

/** Programs and libraries of this machine that images are made of. */
export interface HostFiles {
  /** A static busybox. */
  readonly busybox: string;
  /** Names of its applets. */
  readonly applets: readonly string[];
  /** The Node.js binary of {@link nodeImage}. */
  readonly node: string;
  /** Shared libraries Node.js needs, as absolute paths that are the same in the image. */
  readonly nodeLibraries: readonly string[];
}

/**
 * The sandbox of every pod. Where containers share the pod's process namespace it is process 1, so it reaps what others leave behind:
 * the shell's `wait` collects every child, its own or not.
 */
const pauseScript = `trap 'exit 0' INT TERM
while :; do sleep 86400 & wait $!; done`;

/** Arguments that are options go to the image's own program, anything else is a command of its own. */
const natsEntrypoint = `#!/bin/sh
set -e
case "\${1:-}" in
  "" | -*) set -- nats-server "$@" ;;
esac
exec "$@"
`;

const nodeEntrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "\${1:-}" ] || [ -z "$(command -v "\${1:-}")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi
exec "$@"
`;

/** Like nats-box: a command, or a login shell; from the user's own home where root's is not it. */
const natsBoxEntrypoint = `#!/bin/sh
if [ "$HOME" != /root ] && [ "$PWD" = /root ]; then cd "$HOME"; fi
if [ $# -ne 0 ]; then exec "$@"; else exec /bin/sh -l; fi
`;

const natsConfig = `port: 4222
monitor_port: 8222
`;

/** Every image the local cluster needs, each with the entrypoint, command, user and environment of the one it stands for. */
export function imageSpecs(host: HostFiles): ImageSpec[] {
  const base = baseLayer(host);
  const image = (name: string, layer: readonly Entry[], config: ImageConfig): ImageSpec => ({
    name,
    layers: [base, layer],
    config: { ...config, Env: [defaultPath, ...(config.Env ?? [])] },
  });
  return [
    { name: pauseImage, layers: [base], config: { Entrypoint: ["/bin/sh", "-c", pauseScript] } },
    image(corednsImage, [program("coredns", tool("coredns"))], {
      Entrypoint: ["/coredns"],
      ExposedPorts: { "53/tcp": {}, "53/udp": {} },
    }),
    image(
      natsImage,
      [
        program("usr/local/bin/nats-server", tool("nats-server")),
        script("usr/local/bin/docker-entrypoint.sh", natsEntrypoint),
        text("etc/nats/nats-server.conf", natsConfig),
      ],
      {
        Entrypoint: ["docker-entrypoint.sh"],
        Cmd: ["nats-server", "--config", "/etc/nats/nats-server.conf"],
        ExposedPorts: { "4222/tcp": {}, "6222/tcp": {}, "8222/tcp": {} },
      },
    ),
    image(
      natsBoxImage,
      [
        program("usr/local/bin/nats", tool("nats")),
        script("entrypoint.sh", natsBoxEntrypoint),
        directory("nsc", 0o777),
      ],
      {
        Entrypoint: ["/entrypoint.sh"],
        WorkingDir: "/root",
        Env: ["NKEYS_PATH=/nsc/nkeys", "XDG_DATA_HOME=/nsc", "XDG_CONFIG_HOME=/nsc/.config"],
      },
    ),
    image(reloaderImage, [program("usr/local/bin/nats-server-config-reloader", tool("nats-server-config-reloader"))], {
      Entrypoint: ["/usr/local/bin/nats-server-config-reloader"],
    }),
    image(exporterImage, [program("prometheus-nats-exporter", tool("prometheus-nats-exporter"))], {
      Entrypoint: ["/prometheus-nats-exporter"],
      Cmd: ["--help"],
      ExposedPorts: { "7777/tcp": {} },
    }),
    image(
      nodeImage,
      [
        program("usr/local/bin/node", host.node),
        link("usr/local/bin/nodejs", "node"),
        script("usr/local/bin/docker-entrypoint.sh", nodeEntrypoint),
        ...host.nodeLibraries.map((library) => program(imagePath(library), library)),
      ],
      { Entrypoint: ["docker-entrypoint.sh"], Cmd: ["node"], Env: ["NODE_VERSION=24.21.0"] },
    ),
  ];
}

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A shell to look around with, users 0 and 1000, a temporary folder: the lowest layer of every image, so that a node stores it once. */
function baseLayer(host: HostFiles): Entry[] {
  return [
    program("bin/busybox", host.busybox),
    ...host.applets.filter((name) => name !== "busybox").map((name) => link(`bin/${name}`, "busybox")),
    link("usr/bin/env", "/bin/busybox"),
    text(
      "etc/passwd",
      "root:x:0:0:root:/root:/bin/sh\nnats:x:1000:1000::/home/nats:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    ),
    text("etc/group", "root:x:0:\nnats:x:1000:\nnobody:x:65534:\n"),
    text("etc/hosts", "127.0.0.1 localhost\n"),
    text("etc/nsswitch.conf", "hosts: files dns\n"),
    directory("tmp", 0o1777),
    directory("var/run"),
    directory("root", 0o755),
    directory("home/nats", 0o755, 1000),
  ];
}

function imagePath(absolute: string): string {
  return path.relative("/", absolute);
}
