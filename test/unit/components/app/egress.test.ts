import assert from "node:assert/strict";
import { serviceOf } from "../../../../components/app/address";
import {
  ciliumEgress,
  kubernetesEgress,
  requireEgress,
  templateSelector,
  workloadSelector,
} from "../../../../components/app/egress";
import { type NatsArgs, natsSettings } from "../../../../components/app/nats-args";

const settings = (args: NatsArgs = {}) => natsSettings({ enabled: true, ...args });
const selector = { matchLabels: { app: "web" } };
const byName = {
  toFQDNs: [{ matchName: "nats.messaging.svc.cluster.local" }],
  toPorts: [{ ports: [{ port: "4222", protocol: "TCP" }] }],
};
const dnsRule = {
  toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": "kube-system", "k8s:k8s-app": "kube-dns" } }],
  toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: [{ matchPattern: "*" }] } }],
};

describe("serviceOf", () => {
  it("finds Service and namespace in the names of a cluster's Services, and in no other", () => {
    const nats = { service: "nats", namespace: "messaging" };
    for (const domain of ["", ".cluster.local", ".k8s.example.com"]) {
      assert.deepEqual(serviceOf(`nats.messaging.svc${domain}`), nats);
      assert.deepEqual(serviceOf(`nats-0.nats.messaging.svc${domain}`), nats);
    }
    for (const other of ["nats", "nats.messaging", "nats.example.com", "nats.svc", "a.b.svcx.y", "svc.example.com"]) {
      assert.equal(serviceOf(other), undefined, other);
    }
  });
});

describe("ciliumEgress", () => {
  it("opens a Service of the cluster by name, and by its pods, and DNS", () => {
    assert.deepEqual(ciliumEgress(settings(), selector), {
      endpointSelector: selector,
      egress: [
        byName,
        {
          toEndpoints: [
            {
              matchLabels: {
                "k8s:io.kubernetes.pod.namespace": "messaging",
                "k8s:app.kubernetes.io/component": "nats",
                "k8s:app.kubernetes.io/instance": "nats",
                "k8s:app.kubernetes.io/name": "nats",
              },
            },
          ],
          toPorts: [{ ports: [{ port: "4222", protocol: "TCP" }] }],
        },
        dnsRule,
      ],
    });
  });

  it("opens what is outside the cluster by name alone", () => {
    const { egress } = ciliumEgress(settings({ serviceAddress: "nats.example.com", port: 443 }), selector);
    assert.deepEqual(egress, [
      { toFQDNs: [{ matchName: "nats.example.com" }], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] },
      dnsRule,
    ]);
  });

  it("opens the pods' port where the Service's is another, and other pods where those are meant", () => {
    const backend = { podLabels: { app: "broker" }, podPort: 14_222 };
    const [, pods] = ciliumEgress(settings({ backend }), selector).egress;
    assert.deepEqual(pods, {
      toEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": "messaging", "k8s:app": "broker" } }],
      toPorts: [{ ports: [{ port: "14222", protocol: "TCP" }] }],
    });
  });
});

describe("kubernetesEgress", () => {
  const dns = {
    to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };

  it("opens the pods behind the Service, on their port, and DNS, and nothing of ingress", () => {
    const backend = { podLabels: { app: "broker" }, podPort: 14_222 };
    assert.deepEqual(kubernetesEgress(settings({ backend }), selector), {
      podSelector: selector,
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "messaging" } },
              podSelector: { matchLabels: { app: "broker" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 14_222 }],
        },
        dns,
      ],
    });
  });

  it("selects the platform's servers unless told other pods", () => {
    const [rule] = kubernetesEgress(settings({ serviceAddress: "nats.nats.svc.cluster.local" }), selector).egress ?? [];
    assert.deepEqual(rule, {
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } },
          podSelector: {
            matchLabels: {
              "app.kubernetes.io/component": "nats",
              "app.kubernetes.io/instance": "nats",
              "app.kubernetes.io/name": "nats",
            },
          },
        },
      ],
      ports: [{ protocol: "TCP", port: 4222 }],
    });
  });
});

describe("requireEgress", () => {
  it("refuses a NetworkPolicy to what it cannot name, telling the two ways out", () => {
    for (const serviceAddress of ["nats.example.com", "nats", "nats.messaging"]) {
      assert.throws(
        () => requireEgress(settings({ serviceAddress })),
        new RegExp(
          `"${serviceAddress}" with networkPolicy "kubernetes": .*networkPolicy to "cilium".*or to "none" and`,
        ),
      );
      assert.throws(
        () => kubernetesEgress(settings({ serviceAddress }), selector),
        /WiringError: nats: serviceAddress/,
      );
    }
  });

  it("refuses a name without a domain to Cilium, which would never meet it", () => {
    assert.throws(
      () => requireEgress(settings({ serviceAddress: "nats", networkPolicy: "cilium" })),
      /"nats" with networkPolicy "cilium": Cilium compares the whole name/,
    );
    assert.throws(() => ciliumEgress(settings({ serviceAddress: "nats" }), selector), /compares the whole name/);
  });

  it("asks nothing of a name when there is no policy", () => {
    requireEgress(settings({ serviceAddress: "nats", networkPolicy: "none" }));
  });
});

describe("selectors of egress policies", () => {
  it("are the workload's own, labels and expressions", () => {
    const expressions = { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] };
    for (const own of [selector, expressions, { ...selector, ...expressions }]) {
      assert.deepEqual(workloadSelector(own, "x"), own);
    }
  });

  it("are never every pod of the namespace", () => {
    const nothing = [{ app: undefined }, { app: null }].map((matchLabels) => ({ matchLabels }));
    for (const empty of [undefined, {}, { matchLabels: {} }, { matchExpressions: [] }, ...nothing]) {
      assert.throws(
        () => workloadSelector(empty, 'Deployment "web"'),
        /^WiringError: Deployment "web": its selector has no label, .* every pod of the namespace: give spec\.selector/,
      );
    }
  });

  it("are never every pod of a Job's namespace", () => {
    for (const labels of [undefined, {}, { app: undefined }, { "nats-platform/client": "true" }]) {
      assert.throws(() => templateSelector(labels, 'Job "report"'), /its pod template has no label of its own/);
    }
  });

  it("are a template's labels without the one that all clients have", () => {
    const labels = { app: "report", "nats-platform/client": "true" };
    assert.deepEqual(templateSelector(labels, "x"), { matchLabels: { app: "report" } });
  });
});
