import { base64, creds } from "../support/identity";
import { object, type ReferenceManifest } from "./manifest";

/**
 * A cluster by the official chart, for an operator whose JWT and system account come from a control plane. Its authors want three servers, volumes of
 * 10Gi, leaf nodes, TLS some time later; JWT and credentials go into a Secret, and into the chart's values too, from a file that is made by a
 * template. Of the namespace's PodSecurity they say nothing.
 */

/** As the control plane gives them, made anew at each run. */
const system = creds({ name: "system" });

const release = (systemAccount?: string) => ({
  type: "kubernetes:helm.sh/v3:Release",
  name: "nats",
  props: {
    chart: "nats",
    namespace: "nats",
    values: {
      config: {
        cluster: { enabled: true, replicas: 3, name: "nats-core" },
        jetstream: { enabled: true, fileStore: { enabled: true, storageSize: "10Gi" } },
        leafnodes: { enabled: true, port: 7422 },
        ...(systemAccount ? { systemAccount } : {}),
      },
    },
  },
});

const secret = object(
  "v1",
  "Secret",
  { name: "operator-config", namespace: "nats" },
  { data: { "system-account": base64(system) } },
);

export const manifests: readonly ReferenceManifest[] = [
  { what: "a release that takes credentials from a Secret", resources: [release(), secret], says: {} },
  {
    what: "a release with the system account's credentials among its values",
    resources: [release(system)],
    says: {
      "no-plain-credentials": /values\.config\.systemAccount is .*; must hold no password, token, seed or creds/,
    },
  },
  {
    what: "its namespace, without labels",
    resources: [object("v1", "Namespace", { name: "nats" })],
    says: { "pod-security": /enforce"\] is missing; must be restricted/ },
  },
];
