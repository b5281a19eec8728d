import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { type PodKind, podKinds, podTemplate, templatePaths } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { isNetworkPolicy } from "./ingress/statements";
import { customLabelPlaces, labelPlaces, tenantId, tenantIdFormat } from "./label-places";
import { namespaces, tenantLabel } from "./settings";
import { isTenants, type TenancySettings } from "./tenants";

/** A place where the tenant's id belongs. */
interface Place {
  readonly field: Field;
  /** Whether it must be there, or may be missing. */
  readonly isNeeded: boolean;
}

/** Whose a thing is, said alike wherever it is said. */
export const tenantLabels = objectPolicy<TenancySettings>({
  name: "tenant-labels",
  description:
    "What is a tenant's carries that tenant's id, the same one, in its labels and its pods', and selects by it.",
  reason:
    "Policies, Services and account-sync go by the label: pods with another's are let in to that tenant, and a selector without it takes pods of every tenant.",
  severity: "critical",
  kinds: [...podKinds, "Service", "NetworkPolicy"],
  settings: { tenantLabel, namespaces },
  check: (object, settings, findings) => {
    if (object.kind === "NetworkPolicy") {
      if (isNetworkPolicy(object)) checkPolicy(object, settings.tenantLabel, findings);
      return;
    }
    const places = podTemplate(object) ? placesOfWorkload : isService(object) ? placesOfService : undefined;
    if (places && isTenants(object, settings)) checkPlaces(object, places(object), settings.tenantLabel, findings);
  },
  remedy: (object, settings) => {
    const places = placesOfWorkload(object);
    if (places.length < 3 || object.isPatch) return [];
    const ids = places.map(({ field }) => field.at(settings.tenantLabel));
    const [id, ...others] = ids.map((field) => field.text()).filter((text) => text !== undefined);
    // Two places that say the same say whose it is; one might be the mistake.
    if (!id || !tenantId.test(id) || others.length === 0 || others.some((other) => other !== id)) return [];
    // Never the selector: another one is another workload.
    const labels = ids.slice(0, 2).filter((field) => !field.isThere);
    return labels.map((field) => ({ field, value: id }));
  },
  example: {
    violation:
      "selector: { matchLabels: { app: nats } }, template: { metadata: { labels: { app: nats, tenant-id: acme } } }",
    fix: "selector: { matchLabels: { app: nats, tenant-id: acme } }, template: { metadata: { labels: { app: nats, tenant-id: acme } } }",
  },
});

/** The pods' own labels first: they are what network policies see. */
function placesOfWorkload(object: KubernetesObject): Place[] {
  const { root } = object;
  const template = podTemplate(object);
  if (!template) return [];
  const kind = object.kind as PodKind;
  const others = kind in templatePaths ? labelPlaces.filter(({ kinds }) => kinds.includes(kind)) : customLabelPlaces;
  return [
    { field: template.at("metadata", "labels"), isNeeded: true },
    ...others.map(({ path, need }) => {
      const field = root.at(...path);
      return { field, isNeeded: need === "always" || (need === "where there" && field.isThere) };
    }),
  ];
}

/** Whether it is Kubernetes' own Service: other projects have kinds of that name. */
function isService({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Service" && apiVersion === "v1";
}

function placesOfService({ root }: KubernetesObject): Place[] {
  const selector = root.at("spec", "selector");
  return [
    { field: selector, isNeeded: selector.isThere },
    { field: root.at("metadata", "labels"), isNeeded: false },
  ];
}

function checkPlaces(object: KubernetesObject, places: readonly Place[], label: string, findings: Findings): void {
  const remedy = `Give all of them the same ${label}.`;
  let expected: string | undefined;
  findings.each(object, places, ({ field, isNeeded }) => {
    const id = field.at(label);
    const value = id.text();
    if (value === undefined) {
      // A patch may leave to others what it does not name.
      if (isNeeded && !object.isPatch) findings.add(object, id, accepted(expected), remedy);
      return;
    }
    const isRight = expected === undefined ? tenantId.test(value) : value === expected;
    if (!isRight) findings.add(object, id, accepted(expected), remedy);
    else expected = value;
  });
}

function accepted(expected: string | undefined): string {
  return expected === undefined
    ? `must be ${tenantIdFormat}`
    : `must be ${JSON.stringify(expected)}, as elsewhere in this object`;
}

/** A policy may be about all tenants' pods, but what it says of tenants must be their ids, and what it is labelled it must select. */
function checkPolicy(object: KubernetesObject, label: string, findings: Findings): void {
  const selector = object.root.at("spec", "podSelector");
  const own = object.root.at("metadata", "labels", label);
  const named = selector.at("matchLabels", label);
  const listed = selector
    .at("matchExpressions")
    .list()
    .filter((expression) => expression.at("key").text() === label && expression.at("operator").text() === "In")
    .flatMap((expression) => expression.at("values").list());
  const ids = [named, ...listed].filter((field) => field.isThere);
  findings.each(
    object,
    [own, ...ids].filter((field) => field.isThere),
    (field) => {
      if (!tenantId.test(field.text() ?? ""))
        findings.add(object, field, accepted(undefined), "Name tenants by their ids.");
    },
  );
  if (!own.isThere || (ids.length === 0 && object.isPatch)) return;
  if (ids.length === 0 || ids.some((field) => field.text() !== own.text())) {
    const field = ids.find((id) => id.text() !== own.text()) ?? named;
    findings.add(
      object,
      field,
      `must be ${JSON.stringify(own.text())}, as ${own.path} is`,
      `Select by the same ${label}.`,
    );
  }
}
