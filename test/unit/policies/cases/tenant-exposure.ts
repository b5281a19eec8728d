import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { denied, instance, policiesOf } from "../support/tenants";

const service = (what: string, change: (spec: Mutable["props"]) => void, says: RegExp) => ({
  what,
  resource: "acme-service",
  change: ({ props }: Mutable) => change(props.spec),
  says,
});

/** Another object in the place of one that nobody else looks at. */
const other = (what: string, type: string, props: object, says: RegExp) => ({
  what,
  resource: "nats-acme",
  change: (resource: Mutable) => Object.assign(resource, { type: `kubernetes:${type}`, props }),
  says,
});
const gateway = (kind: string) => `gateway.networking.k8s.io/v1:${kind}`;
const inTenancy = { name: "x", namespace: "vrsky-tenants" };
const outside = { name: "x", namespace: "edge" };
const backend = { name: "nats-acme-1", namespace: "vrsky-tenants", port: 4222 };
const custom = (type: string, spec: object = {}) => {
  const [group = "", , kind = ""] = type.split(/[/:]/);
  const told = `metadata\\.namespace is "vrsky-tenants"; must be another: .* no ${kind}\\.${group}, .* add "${kind}\\.${group}" to allowedKinds`;
  return other(
    `a ${kind}, of a group that is not Kubernetes' own`,
    type,
    { metadata: inTenancy, spec },
    new RegExp(told),
  );
};
const made = (kind: string) =>
  new RegExp(`metadata\\.namespace is "vrsky-tenants"; must be another: .* no ${kind} made`);

export const cases: PolicyCases = {
  policy: "tenant-exposure",
  compliant: [...denied(), ...policiesOf("acme"), ...instance("acme")],
  mutations: [
    ...["NodePort", "LoadBalancer", "ExternalName"].map((type) =>
      service(
        `type ${type}`,
        (spec) => {
          spec.type = type;
        },
        new RegExp(`spec\\.type is "${type}"; must be "ClusterIP"`),
      ),
    ),
    service(
      "addresses of nodes",
      (spec) => {
        spec.externalIPs = ["192.0.2.1"];
      },
      /spec\.externalIPs is \["192\.0\.2\.1"\]; must not be set/,
    ),
    service(
      "a port of the nodes",
      (spec) => {
        spec.ports[0].nodePort = 30_422;
      },
      /spec\.ports\[0\]\.nodePort is 30422/,
    ),
    service(
      "an address of a load balancer",
      (spec) => {
        spec.loadBalancerIP = "192.0.2.1";
      },
      /spec\.loadBalancerIP is/,
    ),
    service(
      "another name",
      (spec) => {
        spec.externalName = "nats.example.com";
      },
      /spec\.externalName is "nats\.example\.com"/,
    ),
    service("no selector", (spec) => delete spec.selector, /spec\.selector is missing; must be there/),
    {
      what: "a tenant's Service in another namespace",
      resource: "acme-service",
      change: ({ props }) => {
        props.metadata.namespace = "shop";
        props.spec.type = "NodePort";
      },
      says: /spec\.type is "NodePort"/,
    },
    {
      what: "a patch",
      resource: "acme-service",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:ServicePatch";
        resource.props.spec = { type: "NodePort" };
      },
      says: /spec\.type is "NodePort"/,
    },
    {
      what: "another namespace's name for it",
      resource: "acme-service",
      change: ({ props }) => {
        props.metadata = outside;
        props.spec = { type: "ExternalName", externalName: "nats-acme-1.vrsky-tenants.svc.cluster.local" };
      },
      says: /spec\.externalName is "nats-acme-1\.vrsky-tenants\.svc/,
    },
    other("endpoints by hand", "core/v1:Endpoints", { metadata: inTenancy, subsets: [] }, made("Endpoints")),
    other(
      "a slice of endpoints by hand",
      "discovery.k8s.io/v1:EndpointSlice",
      { metadata: inTenancy, endpoints: [] },
      made("EndpointSlice"),
    ),
    other(
      "a list of slices",
      "discovery.k8s.io/v1:EndpointSliceList",
      { items: [{ metadata: inTenancy, endpoints: [] }] },
      made("EndpointSlice"),
    ),
    other(
      "endpoints elsewhere that are a tenant's pods",
      "core/v1:Endpoints",
      {
        metadata: outside,
        subsets: [
          { addresses: [{ ip: "192.0.2.1", targetRef: { kind: "Pod", namespace: "vrsky-tenants", name: "x" } }] },
        ],
      },
      /subsets\[0\]\.addresses\[0\]\.targetRef\.namespace is "vrsky-tenants"; must not lead to/,
    ),
    other("an Ingress", "networking.k8s.io/v1:Ingress", { metadata: inTenancy, spec: {} }, made("Ingress")),
    other("a Gateway", gateway("Gateway"), { metadata: inTenancy, spec: {} }, made("Gateway")),
    ...["HTTPRoute", "TCPRoute", "TLSRoute"].flatMap((kind) => [
      other(`a ${kind}`, gateway(kind), { metadata: inTenancy, spec: {} }, made(kind)),
      other(
        `a ${kind} elsewhere that leads there`,
        gateway(kind),
        { metadata: outside, spec: { rules: [{ backendRefs: [backend] }] } },
        /spec\.rules\[0\]\.backendRefs\[0\]\.namespace is "vrsky-tenants"; must not lead to/,
      ),
    ]),
    other(
      "a ReferenceGrant, by which routes elsewhere may",
      gateway("ReferenceGrant"),
      { metadata: inTenancy, spec: {} },
      made("ReferenceGrant"),
    ),
    other(
      "a route of another project that leads there",
      "networking.istio.io/v1:VirtualService",
      {
        metadata: outside,
        spec: { tcp: [{ route: [{ destination: { host: "nats-acme-1.vrsky-tenants.svc.cluster.local" } }] }] },
      },
      /destination\.host is "nats-acme-1/,
    ),
    ...[
      "k8s.nginx.org/v1:VirtualServer",
      "configuration.konghq.com/v1beta1:TCPIngress",
      "networking.istio.io/v1:ServiceEntry",
      "networking.istio.io/v1:WorkloadEntry",
      "getambassador.io/v3alpha1:TCPMapping",
      "cilium.io/v2:CiliumLocalRedirectPolicy",
    ].map((type) => other(`a ${type}`, type, { metadata: inTenancy, spec: {} }, made(type.replace(/.*:/, "")))),
    custom("edge.example.com/v1:Door"),
    custom("serving.knative.dev/v1:Service"),
    custom("monitoring.example.com/v1:PodMonitor"),
    other(
      "a proxy of the whole cluster for a Service there",
      "cilium.io/v2:CiliumClusterwideEnvoyConfig",
      { metadata: { name: "x" }, spec: { services: [{ name: "nats-acme-1", namespace: "vrsky-tenants" }] } },
      /spec\.services\[0\]\.namespace is "vrsky-tenants"; must not lead to/,
    ),
    other(
      "a short name with a port",
      "getambassador.io/v3alpha1:TCPMapping",
      { metadata: outside, spec: { port: 4222, service: "nats-acme-1.vrsky-tenants:4222" } },
      /spec\.service is "nats-acme-1\.vrsky-tenants:4222"/,
    ),
    other(
      "a route that is labelled as a tenant's",
      gateway("TCPRoute"),
      { metadata: { ...outside, labels: { "tenant-id": "acme" } }, spec: {} },
      /metadata\.labels\.tenant-id is "acme"; must not be on/,
    ),
  ],
  allowed: [
    {
      what: "a Service whose type is written",
      resource: "acme-service",
      change: ({ props }) => Object.assign(props.spec, { type: "ClusterIP", clusterIP: "None" }),
    },
    other(
      "a route to somebody else",
      gateway("HTTPRoute"),
      { metadata: outside, spec: { rules: [{ backendRefs: [{ name: "web", namespace: "shop" }] }] } },
      /^/,
    ),
    other(
      "a monitor of its metrics",
      "monitoring.coreos.com/v1:PodMonitor",
      { metadata: inTenancy, spec: { selector: {}, podMetricsEndpoints: [] } },
      /^/,
    ),
    other(
      "something of a group that is not Kubernetes' own, elsewhere",
      "argoproj.io/v1alpha1:Application",
      { metadata: outside, spec: { destination: { namespace: "vrsky-tenants" } } },
      /^/,
    ),
    other(
      "a load balancer of somebody else",
      "core/v1:Service",
      { metadata: outside, spec: { type: "LoadBalancer", selector: { app: "edge" } } },
      /^/,
    ),
  ],
  undecided: [
    service(
      "a type that is not known yet",
      (spec) => {
        spec.type = unknownText;
      },
      /spec\.type/,
    ),
    other(
      "a backend that is not known yet",
      gateway("TCPRoute"),
      { metadata: outside, spec: { rules: [{ backendRefs: [{ name: "x", namespace: unknownText }] }] } },
      /backendRefs\.0\.namespace/,
    ),
  ],
};
