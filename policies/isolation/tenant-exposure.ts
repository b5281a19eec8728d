import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { customKinds, groupOf, isCustom, type KubernetesObject, namespaceOf } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { networkPolicyKinds } from "./ingress/statements";
import { namespaces, tenantLabel } from "./settings";
import { isInTenancy, isTenants, type TenancySettings } from "./tenants";

interface Settings extends TenancySettings {
  readonly allowedKinds: readonly string[];
}

/**
 * Kinds by which traffic is led to Services: of Kubernetes, of the Gateway API, of controllers and meshes that have their own. Where they are made
 * outside the tenants' namespaces, they may lead there; within, kinds that no list has are refused, too.
 */
const routeKinds = [
  "Ingress",
  "Gateway",
  "HTTPRoute",
  "GRPCRoute",
  "TCPRoute",
  "TLSRoute",
  "UDPRoute",
  "ReferenceGrant",
  "IngressRoute",
  "IngressRouteTCP",
  "IngressRouteUDP",
  "VirtualService",
  "HTTPProxy",
  "Route",
  "TransportServer",
  "VirtualServer",
  "VirtualServerRoute",
  "TCPIngress",
  "UDPIngress",
  "Mapping",
  "TCPMapping",
  "ServiceEntry",
  "WorkloadEntry",
  "CiliumEnvoyConfig",
  "CiliumClusterwideEnvoyConfig",
  "CiliumLocalRedirectPolicy",
  "ServiceExport",
];

/** Kinds that say where a Service leads. */
const endpointKinds = ["Endpoints", "EndpointSlice"];

/** How tenants' instances are reached. */
export const tenantExposure = objectPolicy<Settings>({
  name: "tenant-exposure",
  description: "Tenants' Services are reached inside the cluster only, and lead to the tenant's own pods.",
  reason:
    "What is open at a node's port, a load balancer or a gateway is open to strangers, whose addresses no policy tells from the gateway's.",
  severity: "critical",
  kinds: ["Service", ...routeKinds, ...endpointKinds, customKinds],
  settings: {
    tenantLabel,
    namespaces,
    allowedKinds: {
      type: "array",
      items: { type: "string", minLength: 1 },
      description:
        "Kinds of API groups that are not Kubernetes' own, as Kind.group, that may be in namespaces of tenants, since they let in nobody; network policies, which other policies judge, may be there anyway.",
      default: ["PodMonitor.monitoring.coreos.com", "ServiceMonitor.monitoring.coreos.com"],
    },
  },
  check: (object, settings, findings) => {
    if (object.kind === "Service" && !isCustom(object.apiVersion)) checkService(object, settings, findings);
    else if ([...routeKinds, ...endpointKinds].includes(object.kind)) checkOther(object, settings, findings);
    else checkCustom(object, settings, findings);
  },
  example: {
    violation: "spec: { type: NodePort, selector: { app: nats, tenant-id: acme }, ports: [{ port: 4222 }] }",
    fix: "spec: { type: ClusterIP, selector: { app: nats, tenant-id: acme }, ports: [{ port: 4222 }] }",
  },
});

function checkService(object: KubernetesObject, settings: TenancySettings, findings: Findings): void {
  const spec = object.root.at("spec");
  if (!isTenants(object, settings)) {
    const target = spec.at("externalName");
    const isTheirs = mentions(target.text() ?? "", settings.namespaces);
    if (isTheirs) refuse(object, target, "Clients connect to the tenant's own Service.", findings);
    return;
  }
  findings.try(object, () => {
    const type = spec.at("type");
    if ((type.text() ?? "ClusterIP") === "ClusterIP") return;
    findings.add(object, type, 'must be "ClusterIP"', "Leave it out; clients outside connect to the platform.");
  });
  findings.each(object, ["externalName", "loadBalancerIP", "loadBalancerClass"], (name) => {
    refuse(object, spec.at(name), "Leave it out.", findings);
  });
  findings.each(object, ["externalIPs"], (name) => {
    const field = spec.at(name);
    if (field.list().length > 0) refuse(object, field, "Leave it out.", findings);
  });
  findings.try(object, () => {
    findings.each(object, spec.at("ports").list(), (port) => {
      const field = port.at("nodePort");
      if (field.value !== 0) refuse(object, field, "Leave it out.", findings);
    });
  });
  const selector = spec.at("selector");
  if (object.isPatch || selector.entries().length > 0) return;
  const accepted = "must be there: without one a Service leads wherever somebody says";
  findings.add(object, selector, accepted, `Select the tenant's pods, by ${settings.tenantLabel} too.`);
}

function checkOther(object: KubernetesObject, settings: TenancySettings, findings: Findings): void {
  const { root } = object;
  const label = root.at("metadata", "labels").at(settings.tenantLabel);
  if (label.value !== undefined) {
    findings.add(
      object,
      label,
      "must not be on an object that leads elsewhere or from outside",
      "Take the object away.",
    );
    return;
  }
  if (isInTenancy(object, settings)) {
    const namespace = root.at("metadata", "namespace");
    const accepted = `must be another: in ${namespaceOf(object)} there is to be no ${object.kind} made by hand`;
    findings.add(object, namespace, accepted, "Take the object away; clients outside connect to the platform.");
    return;
  }
  for (const [name, field] of root.entries()) {
    if (name === "metadata" || name === "status") continue;
    refuseMentions(object, field, settings.namespaces, findings);
  }
}

/** What a kind does of which nothing is known, somebody must have said. */
function checkCustom(object: KubernetesObject, settings: Settings, findings: Findings): void {
  const kind = `${object.kind}.${groupOf(object.apiVersion)}`;
  if (networkPolicyKinds.includes(object.kind) || settings.allowedKinds.includes(kind)) return;
  if (!isInTenancy(object, settings)) return;
  findings.add(
    object,
    object.root.at("metadata", "namespace"),
    `must be another: in ${namespaceOf(object)} there is to be no ${kind}, which may lead strangers in for all that is known of it`,
    `Take the object away; if such objects let in nobody, add ${JSON.stringify(kind)} to allowedKinds of tenant-exposure in policy-config.json.`,
  );
}

/** Whatever a route or endpoint names in a namespace of tenants, at whatever depth: kinds differ in where they do. */
function refuseMentions(
  object: KubernetesObject,
  field: Field,
  namespaces: readonly string[],
  findings: Findings,
): void {
  findings.try(object, () => {
    const { value } = field;
    if (typeof value === "string") {
      const isNamespace = field.keys.at(-1) === "namespace" && namespaces.includes(value);
      if (!isNamespace && !mentions(value, namespaces)) return;
      findings.add(object, field, "must not lead to a namespace of tenants", "Lead it to the platform.");
    } else if (Array.isArray(value)) {
      for (const item of field.list()) refuseMentions(object, item, namespaces, findings);
    } else if (typeof value === "object") {
      for (const [, item] of field.entries()) refuseMentions(object, item, namespaces, findings);
    }
  });
}

/** Whether it is the name of a Service in one of the namespaces, as DNS has it. */
function mentions(text: string, namespaces: readonly string[]): boolean {
  return namespaces.some((name) => new RegExp(`\\.${name.replaceAll(".", "\\.")}(\\.svc\\b|\\.?(:\\d+)?$)`).test(text));
}

function refuse(object: KubernetesObject, field: Field, remedy: string, findings: Findings): void {
  if (field.value !== undefined) findings.add(object, field, "must not be set", remedy);
}
