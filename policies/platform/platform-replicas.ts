import type { Findings } from "../kernel/findings";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { isCluster } from "./servers";
import { production, servers } from "./settings";

interface Settings {
  production: boolean;
  minReplicas: number;
  servers: string[];
}

/** Fewest servers that go on without one of them. */
const fewestInProduction = 3;

const scalers = ["HorizontalPodAutoscaler", "ScaledObject"];

/** How many servers a cluster has. */
export const platformReplicas = objectPolicy<Settings>({
  name: "platform-replicas",
  description:
    "A cluster of NATS servers has an odd number of them, enough to go on without one, and nothing scales it by load.",
  reason:
    "Raft needs a majority: two servers stop with either of them, four with two, as three do. One that is scaled away takes its copies with it.",
  severity: "high",
  kinds: ["StatefulSet", "Deployment", "ReplicaSet", "ReplicationController", ...scalers],
  settings: {
    production,
    minReplicas: {
      type: "integer",
      minimum: 1,
      description: "Fewest servers; in production at least 3 whatever this says, on a workstation 1 may do.",
      default: 3,
    },
    servers,
  },
  check: (object, settings, findings) => {
    if (scalers.includes(object.kind)) return checkScaler(object, settings, findings);
    if (!isCluster(object, settings.servers)) return;
    const field = object.root.at("spec", "replicas");
    if (object.isPatch && !field.isThere) return;
    const fewest = settings.production ? Math.max(settings.minReplicas, fewestInProduction) : settings.minReplicas;
    // Kubernetes' own default is one.
    const replicas = field.number() ?? 1;
    if (Number.isInteger(replicas) && replicas >= fewest && replicas % 2 === 1) return;
    findings.add(object, field, `must be odd and at least ${fewest}`, "Set replicas: 3, or 5.");
  },
  example: { violation: "replicas: 2", fix: "replicas: 3" },
});

function checkScaler(object: KubernetesObject, settings: Settings, findings: Findings): void {
  const target = object.root.at("spec", "scaleTargetRef");
  if (target.at("kind").text() !== "StatefulSet") return;
  if (!settings.servers.includes(`${namespaceOf(object)}/${target.at("name").text() ?? ""}`)) return;
  findings.add(
    object,
    target,
    "must not be NATS servers",
    "Delete the autoscaler, and set replicas of the StatefulSet.",
  );
}
