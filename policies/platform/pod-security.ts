import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { containersOf, podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { isNatsClient } from "../tokens/client";
import { holdsNats } from "./nats-namespace";
import { isPlatforms, serverTemplate } from "./servers";
import { namespaces } from "./settings";

const enforce = "pod-security.kubernetes.io/enforce";

/** First version of Kubernetes whose `restricted` asks for all that is asked for below, on every system. */
const oldestMinor = 25;

/** As PodSecurity `restricted` has it. */
export const podSecurity = objectPolicy<{ namespaces: string[] }>({
  name: "pod-security",
  description:
    "Namespaces that hold NATS enforce PodSecurity restricted, and pods of the platform and of NATS clients are as it wants them.",
  reason: "Who takes over a pod that may do more takes over its node, with the volumes and tokens of all pods on it.",
  severity: "high",
  kinds: ["Namespace", ...podKinds],
  settings: { namespaces },
  check: (object, settings, findings) => {
    if (object.kind === "Namespace") return checkNamespace(object, settings.namespaces, findings);
    const template = podTemplate(object);
    if (!template || !(isPlatforms(object) || isNatsClient(template) || serverTemplate(object))) return;
    findings.try(object, () => checkHost(object, template, findings));
    findings.each(object, containersOf(template), (container) => checkContainer(object, template, container, findings));
  },
  example: {
    violation: "securityContext: { privileged: true }",
    fix: "securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }",
  },
});

function checkNamespace(object: KubernetesObject, names: readonly string[], findings: Findings): void {
  if (!holdsNats(object, names)) return;
  const labels = object.root.at("metadata", "labels");
  const [level, version] = [labels.at(enforce), labels.at(`${enforce}-version`)];
  if (!(object.isPatch && !level.isThere) && level.text() !== "restricted") {
    findings.add(object, level, "must be restricted", `Set label ${enforce}: restricted.`);
  }
  const text = version.text() ?? "latest";
  const minor = Number(/^v1\.(\d+)$/.exec(text)?.[1] ?? 0);
  if (text === "latest" || minor >= oldestMinor) return;
  findings.add(object, version, `must be latest, or v1.${oldestMinor} or newer`, "Leave the label out.");
}

/** What a pod may share with its node. */
function checkHost(object: KubernetesObject, template: Field, findings: Findings): void {
  const spec = template.at("spec");
  findings.each(object, ["hostNetwork", "hostPID", "hostIPC"], (name) => {
    const field = spec.at(name);
    if (field.flag()) findings.add(object, field, "must not be true", "Leave it out.");
  });
  findings.each(object, spec.at("volumes").list(), (volume) => {
    const field = volume.at("hostPath");
    if (field.value !== undefined) findings.add(object, field, "must not be set", "Use another kind of volume.");
  });
}

function checkContainer(object: KubernetesObject, template: Field, container: Field, findings: Findings): void {
  const [own, pods] = [container.at("securityContext"), template.at("spec", "securityContext")];
  /** The container's where it is there, else the pod's, which a container inherits. */
  const either = (...keys: string[]) =>
    [own.at(...keys), pods.at(...keys)].find(({ isThere }) => isThere) ?? own.at(...keys);
  const expect = (field: Field, isRight: (value: unknown) => boolean, accepted: string, remedy: string) =>
    findings.try(object, () => {
      if ((object.isPatch && !field.isThere) || isRight(field.value)) return;
      findings.add(object, field, accepted, remedy);
    });
  findings.try(object, () => {
    expect(either("runAsNonRoot"), (value) => value === true, "must be true", "Set runAsNonRoot: true.");
    expect(either("runAsUser"), (value) => value !== 0, "must not be 0", "Run as another user than root.");
    const profile = either("seccompProfile", "type");
    expect(
      profile,
      (value) => value === "RuntimeDefault",
      "must be RuntimeDefault",
      "Set seccompProfile: { type: RuntimeDefault }.",
    );
  });
  findings.try(object, () => {
    const escalation = own.at("allowPrivilegeEscalation");
    expect(escalation, (value) => value === false, "must be false", "Set allowPrivilegeEscalation: false.");
    expect(own.at("privileged"), (value) => value !== true, "must not be true", "Leave it out.");
  });
  findings.try(object, () => checkCapabilities(object, own.at("capabilities"), findings));
}

function checkCapabilities(object: KubernetesObject, capabilities: Field, findings: Findings): void {
  const [drop, add] = [capabilities.at("drop"), capabilities.at("add")];
  const isDropped = drop.list().some((one) => one.text() === "ALL");
  if (!isDropped && !(object.isPatch && !drop.isThere)) {
    findings.add(object, drop, "must have ALL in it", "Set capabilities: { drop: [ALL] }.");
  }
  if (add.list().some((one) => one.text() !== "NET_BIND_SERVICE")) {
    findings.add(object, add, "must have nothing in it but NET_BIND_SERVICE", "Leave it out.");
  }
}
