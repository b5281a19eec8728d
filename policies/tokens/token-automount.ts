import type { Field } from "../kernel/field";
import type { KubernetesObject } from "../kernel/object";
import { namespaceOf } from "../kernel/object";
import { podTemplate } from "../kernel/pods";
import { stackPolicy } from "../kernel/policy";
import { isNatsClient } from "./client";

/** Tokens for the Kubernetes API that nobody asked for. */
export const tokenAutomount = stackPolicy<{ needApi: string[] }>({
  name: "token-automount",
  description: "A NATS client has no token for the Kubernetes API, unless it is one that needs it.",
  reason: "The API's token lies in every pod by default, and who takes over the app has it.",
  severity: "medium",
  settings: {
    needApi: {
      type: "array",
      items: { type: "string" },
      description: "ServiceAccounts, as namespace/name, whose pods talk to the Kubernetes API.",
      default: ["nats/account-sync", "nats/auth-callout"],
    },
  },
  check: (objects, { needApi }, findings) => {
    const accounts = objects.filter(({ kind, isPatch }) => kind === "ServiceAccount" && !isPatch);
    for (const object of objects) {
      findings.try(object, () => {
        const template = podTemplate(object);
        if (!template || object.isPatch || !isNatsClient(template)) return;
        const name = accountOf(template);
        if (needApi.includes(`${namespaceOf(object)}/${name}`)) return;
        const field = template.at("spec", "automountServiceAccountToken");
        if (field.flag() === false) return;
        if (field.flag() === undefined && accounts.some((account) => switchesOff(account, object, name))) return;
        findings.add(
          object,
          field,
          "must be false, here or in the pod's ServiceAccount",
          `Set automountServiceAccountToken: false; for a pod that needs the API, name ${namespaceOf(object)}/${name} in needApi.`,
        );
      });
    }
  },
  // In the pods themselves, also where their ServiceAccount says so: which one they have is known only once all resources are.
  remedy: (object, { needApi }) => {
    const template = podTemplate(object);
    if (!template || object.isPatch || !isNatsClient(template)) return [];
    const field = template.at("spec", "automountServiceAccountToken");
    // Who writes true has asked for it.
    if (field.isThere || needApi.includes(`${namespaceOf(object)}/${accountOf(template)}`)) return [];
    return [{ field, value: false }];
  },
  example: {
    violation: "spec: { serviceAccountName: web, containers: [...] }",
    fix: "spec: { serviceAccountName: web, automountServiceAccountToken: false, containers: [...] }",
  },
});

function accountOf(template: Field): string {
  return template.at("spec", "serviceAccountName").text() ?? "default";
}

function switchesOff(account: KubernetesObject, workload: KubernetesObject, name: string): boolean {
  const { root } = account;
  if (root.at("metadata", "name").text() !== name || namespaceOf(account) !== namespaceOf(workload)) return false;
  return root.at("automountServiceAccountToken").flag() === false;
}
