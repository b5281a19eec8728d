import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AppNamespace } from "../app/app-namespace";
import { AppCronJob } from "../app/cron-job";
import { AppDeployment } from "../app/deployment";
import type { NatsArgs } from "../app/nats-args";
import { subjectAnnotations } from "../auth-callout/names";
import { tenantLabels } from "../labels";
import { Program } from "../program/program";

/** Arguments of {@link DemoTenant}. */
export interface DemoTenantArgs {
  /** Id of a tenant of the environment. */
  readonly tenant: string;
  readonly namespace: string;
  readonly nats: NatsArgs;
  /** Subject that the Deployment answers. */
  readonly subject: string;
  /** Subject that the CronJob's ServiceAccount asks for beyond its namespace's. */
  readonly extraSubject: string;
  /** What the CronJob tries, as JSON. */
  readonly attempts: string;
  /** Image of Node. */
  readonly image: string;
  /** Programs as CommonJS source of one file each. */
  readonly code: { readonly serve: pulumi.Input<string>; readonly ask: pulumi.Input<string> };
}

const resources = { requests: { cpu: "20m", memory: "48Mi" }, limits: { memory: "128Mi" } };

/** A tenant's apps of the demo: a Deployment that answers, and a CronJob that asks, both wired by one option, without any password. */
export class DemoTenant extends pulumi.ComponentResource {
  constructor(name: string, args: DemoTenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:demo:DemoTenant", name, {}, opts);
    const { tenant, nats } = args;
    const children = { parent: this };
    const { namespace } = new AppNamespace(name, { namespace: args.namespace, tenant }, children);
    const metadata = (of: string) => ({ name: of, namespace, labels: tenantLabels(tenant) });

    const serve = this.createPod(name, "orders", args.code.serve, namespace, args, [
      { name: "SUBJECT", value: args.subject },
    ]);
    new AppDeployment(
      `${name}-orders`,
      {
        metadata: metadata("orders"),
        spec: { replicas: 2, selector: { matchLabels: { app: "orders" } }, template: serve },
        nats,
      },
      children,
    );

    const ask = this.createPod(name, "report", args.code.ask, namespace, args, [
      { name: "ATTEMPTS", value: args.attempts },
    ]);
    new AppCronJob(
      `${name}-report`,
      {
        metadata: metadata("report"),
        spec: {
          schedule: "0 * * * *",
          concurrencyPolicy: "Forbid",
          jobTemplate: {
            spec: { backoffLimit: 0, template: { ...ask, spec: { ...ask.spec, restartPolicy: "Never" } } },
          },
        },
        nats,
      },
      children,
    );
    this.registerOutputs({});
  }

  /** Pod template of a program, with a ServiceAccount of its own: that is who it is to NATS. */
  private createPod(
    name: string,
    app: string,
    code: pulumi.Input<string>,
    namespace: pulumi.Input<string>,
    { tenant, extraSubject, image }: DemoTenantArgs,
    env: k8s.types.input.core.v1.EnvVar[],
  ) {
    const labels = tenantLabels(tenant);
    const annotations = { [subjectAnnotations.publish]: extraSubject };
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-${app}`,
      { metadata: { name: app, namespace, labels, annotations }, automountServiceAccountToken: false },
      { parent: this },
    );
    const program = new Program(`${name}-${app}`, { program: app, namespace, labels, image, code }, { parent: this });
    return {
      metadata: { labels: { ...labels, app } },
      spec: { ...program.podSpec({ env, resources }), serviceAccountName: account.metadata.name },
    };
  }
}
