import * as fs from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as auto from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import { pluginPath } from "../../local/plugins";

async function main() {
  const t0 = Date.now();
  const plugins = await pluginPath();
  console.log("bundle", Date.now() - t0, plugins);
  const home = "/tmp/ptest/home";
  fs.mkdirSync("/tmp/ptest/backend", { recursive: true });
  const cmd = await auto.PulumiCommand.get({ root: "/root/.cache/nats-platform/tools" });
  const stack = await auto.LocalWorkspace.createOrSelectStack(
    {
      stackName: "t",
      projectName: "ptest",
      program: async () => {
        const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: "p1" } });
        const b = new random.RandomBytes("b", { length: 32 });
        const u = new random.RandomUuid7("u", {});
        const s = new k8s.core.v1.Secret("s", { metadata: { namespace: ns.metadata.name }, stringData: { a: b.hex } });
        new k8s.core.v1.ConfigMap("c", {
          metadata: { namespace: ns.metadata.name },
          data: { x: process.env.X ?? "1" },
        });
        const chart = new k8s.helm.v4.Chart(
          "nats",
          {
            chart: "/tmp/nsrc/helm/charts/nats",
            name: "nats",
            namespace: ns.metadata.name,
            values: { config: { cluster: { enabled: true }, jetstream: { enabled: true, fileStore: { pvc: { size: "1Gi" } } } } },
            skipAwait: false,
          },
          {
            transforms: [
              (a) => {
                console.log("transform", a.type, a.name);
                return undefined;
              },
            ],
          },
        );
        return { u: u.result, name: s.metadata.name, n: chart.resources.apply((r) => r.length) };
      },
    },
    {
      pulumiCommand: cmd,
      projectSettings: {
        name: "ptest",
        runtime: "nodejs",
        main: process.cwd(),
        plugins: {
          providers: [
            { name: "kubernetes", path: plugins },
            { name: "random", path: plugins },
          ],
        },
      } as never,
      envVars: {
        PULUMI_BACKEND_URL: "file:///tmp/ptest/backend",
        PULUMI_HOME: home,
        PULUMI_CONFIG_PASSPHRASE: "x",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        KUBECONFIG: process.env.KUBECONFIG ?? "/tmp/plab/kubeconfig",
        PATH: `/root/.cache/nats-platform/tools/bin:${process.env.PATH}`,
      },
    },
  );
  const op = process.argv[2];
  const opts = { onOutput: (o: string) => process.stdout.write(o), diff: process.argv.includes("--diff") };
  const t1 = Date.now();
  if (op === "preview") await stack.preview(opts);
  if (op === "up") {
    const r = await stack.up(opts);
    console.log(r.outputs);
  }
  if (op === "refresh") await stack.refresh(opts);
  if (op === "destroy") await stack.destroy(opts);
  console.log(op, Date.now() - t1);
}
main().catch((e) => {
  console.error(e);
  process.exit(1);
});
