import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "../labels";
import type { NamedPolicy } from "../network-policy";
import { restrictedNamespaceLabels } from "../pod-security";
import { type ChartSource, chartVersion } from "./chart-source";
import { names } from "./ports";

/** Objects that servers of every kind have: a platform's cluster, and the one of a workstation. */

/** A namespace of their own, with PodSecurity `restricted`. */
export function serverNamespace(name: string, namespace: string, labels: object, opts: pulumi.CustomResourceOptions) {
  return new k8s.core.v1.Namespace(
    // Not the namespace's own name: another one must be a replacement, which `protect` refuses before anything else is touched.
    name,
    { metadata: { name: namespace, labels: { ...commonLabels, ...labels, ...restrictedNamespaceLabels } } },
    opts,
  );
}

/** NetworkPolicies of a namespace. */
export function serverPolicies(
  policies: readonly NamedPolicy[],
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
) {
  return policies.map(
    ({ name, spec }) =>
      new k8s.networking.v1.NetworkPolicy(name, { metadata: { name, namespace, labels: commonLabels }, spec }, opts),
  );
}

/** The Secret with who may log in, and the checksum of it by which servers are restarted. */
export interface AuthSecret {
  readonly secret: pulumi.Resource;
  readonly checksum: pulumi.Output<string>;
}

/** @param config the part of nats.conf that says who may log in */
export function authSecret(
  config: pulumi.Input<string>,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): AuthSecret {
  const text = pulumi.secret(config);
  const secret = new k8s.core.v1.Secret(
    names.authSecret,
    {
      metadata: { name: names.authSecret, namespace, labels: commonLabels },
      data: { "auth.conf": text.apply(base64) },
    },
    opts,
  );
  return { secret, checksum: pulumi.unsecret(text.apply(sha256)) };
}

/** What the official chart is installed with. */
export interface ServerChartArgs {
  readonly source: ChartSource;
  readonly namespace: pulumi.Input<string>;
  readonly values: object;
  readonly auth: AuthSecret;
  /** What must be there before the servers, beside the Secret. */
  readonly after: readonly pulumi.Resource[];
}

/** The official chart, its objects resources of their own, so that previews show real differences and policies see all of them. */
export function serverChart(
  name: string,
  { source, namespace, values, auth, after }: ServerChartArgs,
  parent: pulumi.Resource,
) {
  const from = source.path
    ? { chart: source.path }
    : { chart: "nats", version: chartVersion, repositoryOpts: { repo: source.repository } };
  return new k8s.helm.v4.Chart(
    name,
    { ...from, name: names.release, namespace, values },
    { parent, dependsOn: [auth.secret, ...after], transforms: [restartOnChange(auth.checksum)] },
  );
}

/**
 * Puts a checksum of who may log in on the servers' pods, so that a change is rolled out server by server:
 * a running server does not take a new operator JWT. It is a transform because the chart's values must not differ between deployments.
 */
function restartOnChange(checksum: pulumi.Output<string>): pulumi.ResourceTransform {
  return ({ type, props, opts }) => {
    if (type !== "kubernetes:apps/v1:StatefulSet") return undefined;
    const template = props.spec.template;
    const annotations = { ...template.metadata?.annotations, "nats-platform/auth-checksum": checksum };
    const annotated = { ...template, metadata: { ...template.metadata, annotations } };
    return { props: { ...props, spec: { ...props.spec, template: annotated } }, opts };
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
