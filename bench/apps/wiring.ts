import { natsWiring } from "../../components/app/wiring";
import type { WiringRun } from "./figures";

/**
 * Wires templates, each with arguments of its own that are checked with it, as each workload of a stack is; beside it the least that whoever hands back a changed
 * template without touching the first must do: copy it.
 * @param count number of templates
 * @throws {Error} if one comes back that is not wired
 */
export function measureWiring(count: number, oursFirst: boolean): WiringRun {
  const templates = Array.from({ length: count }, (_, index) => template(index));
  let wired: object[] = [];
  const wire = () =>
    millisecondsOf(() => {
      wired = templates.map((one) => natsWiring({ enabled: true, containers: ["app", "migrate"] })(one));
    });
  const copy = () => millisecondsOf(() => templates.map((one) => structuredClone(one)));
  const first = oursFirst ? wire() : copy();
  const second = oursFirst ? copy() : wire();
  const unwired = wired.findIndex((one) => JSON.stringify(one).split('"NATS_TOKEN_FILE"').length !== 3);
  if (unwired >= 0 || wired.length !== count) throw new Error(`template ${unwired} of ${count} was not wired`);
  return oursFirst ? { wiring: first, copying: second } : { wiring: second, copying: first };
}

/** A template like many: an init container, the app with twenty variables, a container beside it, three volumes. */
function template(index: number) {
  const env = Array.from({ length: 20 }, (_, number) => ({ name: `SETTING_${number}`, value: `${index}-${number}` }));
  const volumes = ["data", "config", "cache"].map((name) => ({ name, emptyDir: { sizeLimit: "1Gi" } }));
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}`, readOnly: name === "config" }));
  const image = `registry.example.com/app-${index}:1`;
  const resources = { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } };
  return {
    metadata: { labels: { app: `app-${index}`, tier: "backend" }, annotations: { "example.com/owner": "team" } },
    spec: {
      serviceAccountName: `app-${index}`,
      initContainers: [{ name: "migrate", image, env, volumeMounts }],
      containers: [
        { name: "app", image, env, volumeMounts, resources, ports: [{ containerPort: 8080 }] },
        { name: "metrics", image: "registry.example.com/metrics:1", resources },
      ],
      volumes,
    },
  };
}

function millisecondsOf(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
