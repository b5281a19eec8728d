import assert from "node:assert/strict";
import { diffNetwork } from "../../../../commands/permission-diff/network/diff";
import type { RegisteredResource, StackFacts } from "../../../../commands/permission-diff/program/facts";

const tcp = (port: number | string, endPort?: number) => ({ protocol: "TCP", port, ...(endPort ? { endPort } : {}) });
const tenant = (id: string) => ({ matchLabels: { tenant: id } });
const from = (peer: object, ...ports: object[]) => ({ from: [peer], ports });

function object(type: string, name: string, inputs: object, namespace = "ns"): RegisteredResource {
  return { type: `kubernetes:${type}`, name, inputs: { metadata: { name, namespace }, ...inputs } };
}
const policy = (name: string, spec: object, namespace?: string) =>
  object("networking.k8s.io/v1:NetworkPolicy", name, { spec }, namespace);
const deployment = (name: string, labels: object, pod: object = {}) =>
  object("apps/v1:Deployment", name, { spec: { template: { metadata: { labels }, spec: pod } } });
const namespace = (name: string, labels: object): RegisteredResource => {
  return { type: "kubernetes:core/v1:Namespace", name, inputs: { metadata: { name, labels } } };
};
const deny = policy("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const web = deployment("web", { app: "web", tenant: "acme" });

const stack = (resources: readonly RegisteredResource[], name = "dev"): StackFacts => {
  return { name, environment: "dev", resources };
};
function diff(before: readonly RegisteredResource[], after: readonly RegisteredResource[]) {
  const { changes, presences, gaps } = diffNetwork([stack(before)], [stack(after)], new Set(["dev"]));
  const lines = changes.map(
    ({ effect, who, what, before: was, after: is }) => `${effect}: ${who}: ${what}: ${was} → ${is}`,
  );
  return { lines, presences, gaps };
}
/** Lines for a policy around pods of tenant acme that is given other rules. */
function rules(before: readonly object[], after: readonly object[]): string[] {
  const acme = (ingress: readonly object[]) =>
    policy("acme", { podSelector: tenant("acme"), policyTypes: ["Ingress"], ingress });
  return diff([deny, acme(before)], [deny, acme(after)]).lines;
}

describe("network paths that open and close", () => {
  const own = from({ podSelector: tenant("acme") }, tcp(4222));

  it("are none where policies are renamed, split or written in another order", () => {
    const spec = (ingress: object[]) => ({ podSelector: tenant("acme"), policyTypes: ["Ingress"], ingress });
    const [one, other] = [own, from({ ipBlock: { cidr: "10.0.0.0/8" } }, tcp(80))];
    const before = [deny, web, policy("acme", spec([one, other]))];
    assert.deepEqual(diff(before, [deny, web, policy("renamed", spec([other, one]))]).lines, []);
    assert.deepEqual(diff(before, [policy("a", spec([one])), policy("b", spec([other])), web, deny]).lines, []);
  });

  it("are none where more words say the same", () => {
    const halves = [
      from({ ipBlock: { cidr: "10.0.0.0/9" } }, tcp(1, 5)),
      from({ ipBlock: { cidr: "10.128.0.0/9" } }, tcp(1, 5)),
    ];
    assert.deepEqual(rules([from({ ipBlock: { cidr: "10.0.0.0/8" } }, tcp(1, 5))], halves), []);
    assert.deepEqual(
      rules([from({ podSelector: {} }, tcp(1, 5))], [from({ podSelector: {} }, tcp(1, 3), tcp(4, 5))]),
      [],
    );
  });

  it("are a peer, a port, a range, a network, a namespace that come, each once", () => {
    assert.deepEqual(rules([own], [own, from({ podSelector: tenant("globex") }, tcp(4222))]), [
      "widens: pods tenant=acme in ns: ingress from pods tenant=globex in ns (ns/acme): closed → TCP 4222",
    ]);
    assert.deepEqual(rules([own], [from({ podSelector: tenant("acme") }, tcp(4222, 4224))]), [
      "widens: pods tenant=acme in ns: ingress from pods tenant=acme in ns (ns/acme): TCP 4222 → TCP 4222-4224",
    ]);
    assert.deepEqual(rules([own], [from({ podSelector: {} }, tcp(4222))]), [
      "widens: pods tenant=acme in ns: ingress from all pods in ns (ns/acme): closed → TCP 4222",
    ]);
    assert.deepEqual(rules([own], [from({ namespaceSelector: {}, podSelector: tenant("acme") }, tcp(4222))]), [
      "widens: pods tenant=acme in ns: ingress from pods tenant=acme in every namespace (ns/acme): closed → TCP 4222",
    ]);
    assert.deepEqual(
      rules(
        [from({ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }, tcp(80))],
        [from({ ipBlock: { cidr: "10.0.0.0/8" } }, tcp(80))],
      ),
      ["widens: pods tenant=acme in ns: ingress from 10.0.0.0/8 (ns/acme): closed → TCP 80"],
    );
    assert.deepEqual(rules([own], [{ from: [{ podSelector: tenant("acme") }] }]), [
      "widens: pods tenant=acme in ns: ingress from pods tenant=acme in ns (ns/acme): TCP 4222 → all ports",
    ]);
    assert.deepEqual(rules([own], [{ ports: [tcp(4222)] }]), [
      "widens: pods tenant=acme in ns: ingress from everyone (ns/acme): closed → TCP 4222",
    ]);
  });

  it("are what a label that must not be there left out", () => {
    const but = {
      matchLabels: { tenant: "acme" },
      matchExpressions: [{ key: "app", operator: "NotIn", values: ["nats"] }],
    };
    assert.deepEqual(rules([from({ podSelector: but }, tcp(1))], [from({ podSelector: tenant("acme") }, tcp(1))]), [
      "widens: pods tenant=acme in ns: ingress from pods app=nats,tenant=acme in ns (ns/acme): closed → TCP 1",
    ]);
  });

  it("are what several selectors leave out together", () => {
    const not = (key: string) =>
      from({ podSelector: { matchExpressions: [{ key, operator: "NotIn", values: ["x"] }] } }, tcp(1));
    assert.deepEqual(rules([not("a"), not("b")], [from({ podSelector: {} }, tcp(1))]), [
      "widens: pods tenant=acme in ns: ingress from pods a=x,b=x in ns, pods a=x,b=x,tenant=acme in ns (ns/acme): closed → TCP 1",
    ]);
  });

  it("are what a label that must not be there at all left out", () => {
    const without = { matchExpressions: [{ key: "a", operator: "DoesNotExist" }] };
    assert.deepEqual(rules([from({ podSelector: without }, tcp(1))], [from({ podSelector: {} }, tcp(1))]), [
      "widens: pods tenant=acme in ns: ingress from pods a in ns, pods a,tenant=acme in ns (ns/acme): closed → TCP 1",
    ]);
  });

  it("are those that all of them have, where some had more before", () => {
    assert.deepEqual(rules([own], [from({ podSelector: {} }, tcp(4222, 4223))]), [
      "widens: pods tenant=acme in ns: ingress from all pods in ns (ns/acme): closed → TCP 4222-4223",
    ]);
  });

  it("are told to be unknown where a selector has more choices than can be looked at", () => {
    const values = Array.from({ length: 600 }, (_, index) => `v${index}`);
    const policies = (some: string[]) => {
      const podSelector = { matchExpressions: [{ key: "a", operator: "In", values: some }] };
      return [deny, policy("many", { podSelector, ingress: [own] })];
    };
    const { gaps } = diff(policies(values.slice(1)), policies(values));
    assert.deepEqual(gaps, [
      "NetworkPolicy ns/many: selectors with more than 512 choices of labels are not read; it is not the same on both sides",
    ]);
  });

  it("narrow where the same goes away", () => {
    assert.deepEqual(rules([own, from({ podSelector: tenant("globex") }, tcp(1))], [own]), [
      "narrows: pods tenant=acme in ns: ingress from pods tenant=globex in ns (ns/acme): TCP 1 → closed",
    ]);
  });

  it("are all, where the last policy that selected pods goes; not where another is left", () => {
    const acme = policy("acme", { podSelector: tenant("acme"), policyTypes: ["Ingress"], ingress: [own] });
    const { lines } = diff([web, acme], [web]);
    assert.deepEqual(lines, [
      "widens: Deployment ns/web, pods tenant=acme in ns: ingress from everyone, because no policy selects these pods: what ns/acme let through → all ports",
    ]);
    assert.deepEqual(diff([web, deny, acme], [web, deny]).lines, [
      "narrows: pods tenant=acme in ns: Deployment ns/web: ingress from pods tenant=acme in ns: Deployment ns/web (ns/acme): TCP 4222 → closed",
    ]);
  });

  it("open for pods that policies come to select by a new label of theirs", () => {
    const acme = policy("acme", { podSelector: tenant("acme"), ingress: [own] });
    const plain = deployment("web", { app: "web" });
    assert.deepEqual(diff([deny, acme, plain], [deny, acme, web]).lines, [
      "widens: Deployment ns/web: ingress from pods tenant=acme in ns: Deployment ns/web (ns/acme): closed → TCP 4222",
      "widens: pods tenant=acme in ns: ingress from Deployment ns/web (ns/acme): closed → TCP 4222",
    ]);
  });

  it("open for a second workload of the same name below another parent", () => {
    const second = (labels: object) => ({ ...deployment("other", labels), name: "web" });
    const acme = policy("acme", { podSelector: tenant("acme"), ingress: [own] });
    assert.deepEqual(
      diff([deny, acme, web, second({})], [deny, acme, web, second({ tenant: "acme" })]).lines.length,
      2,
    );
  });

  it("open by a label of a namespace, and by the network of the node", () => {
    const clients = policy("clients", {
      podSelector: {},
      ingress: [from({ namespaceSelector: { matchLabels: { in: "yes" } } }, tcp(1))],
    });
    assert.deepEqual(diff([clients, namespace("apps", {})], [clients, namespace("apps", { in: "yes" })]).lines, [
      "widens: all pods in ns: ingress from other pods in apps (ns/clients): closed → TCP 1",
    ]);
    const { lines } = diff(
      [deny, web],
      [deny, deployment("web", { app: "web", tenant: "acme" }, { hostNetwork: true })],
    );
    assert.deepEqual(
      lines.map((line) => line.slice(0, 39)),
      ["widens: Deployment ns/web: ingress from", "widens: Deployment ns/web: egress to ev"],
    );
  });

  it("are not told of what is new as a whole, but of what that does to others", () => {
    const initech = (selector: object) => [
      deployment("initech", { tenant: "initech" }),
      policy("initech", { podSelector: selector, ingress: [from({ podSelector: tenant("initech") }, tcp(4222))] }),
    ];
    const run = (selector: object) => {
      const before = [stack([deny, web])];
      const { changes } = diffNetwork(before, [...before, stack(initech(selector), "dev-initech")], new Set(["dev"]));
      return changes.map(({ stack: where, who, what }) => `${where}: ${who}: ${what}`);
    };
    assert.deepEqual(run(tenant("initech")), []);
    assert.deepEqual(run({ matchLabels: { app: "web" } }), [
      "dev-initech: Deployment ns/web: ingress from pods tenant=initech in ns: Deployment ns/initech (ns/initech)",
    ]);
  });

  it("of a new workload are told with it", () => {
    const acme = policy("acme", { podSelector: tenant("acme"), ingress: [own] });
    assert.deepEqual(diff([deny], [deny, acme, web]).lines, [
      "widens: pods tenant=acme in ns: ingress from pods tenant=acme in ns: Deployment ns/web (ns/acme): closed → TCP 4222",
    ]);
    const { lines, presences } = diff([deny], [deny, web]);
    assert.deepEqual(lines, []);
    assert.deepEqual(presences, [
      { side: "new", stack: "dev", who: "Deployment ns/web", what: "ingress as ns/deny; egress as ns/deny" },
    ]);
  });

  it("of Cilium are read, names in DNS by their letters; what is not read is told, if it is not the same", () => {
    const cilium = (spec: object) => object("cilium.io/v2:CiliumNetworkPolicy", "dns", { spec });
    const to = (name: string) => ({
      endpointSelector: tenant("acme"),
      egress: [{ toFQDNs: [{ matchName: name }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }],
    });
    const { lines } = diff([cilium(to("a.example"))], [cilium(to("b.example"))]);
    assert.deepEqual(lines, [
      'widens: pods tenant=acme in ns: egress to FQDNs {"matchName":"b.example"} (ns/dns): closed → TCP 443',
      'narrows: pods tenant=acme in ns: egress to FQDNs {"matchName":"a.example"} (ns/dns): TCP 443 → closed',
    ]);
    const ingress = (...some: object[]) => cilium({ endpointSelector: tenant("acme"), ingress: some });
    assert.deepEqual(diff([ingress()], [ingress({})]).lines, [], "a rule without anything in it lets in nobody");
    const denying = (value: string) => cilium({ endpointSelector: {}, ingressDeny: [{ fromEntities: [value] }] });
    assert.match(
      diff([denying("world")], [denying("host")]).gaps.join(),
      /ns\/dns: ingressDeny is not read; it is not the same/,
    );
    assert.deepEqual(diff([denying("world")], [denying("world")]).gaps, []);
  });
});
