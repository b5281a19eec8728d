import { existsSync } from "node:fs";
import * as cluster from "../local/cluster";
import { reachable, serverPods } from "./kubernetes";
import { stackOutputs } from "./outputs";
import { run } from "./run";
import { findTarget } from "./target";

/** Prints what is there: the cluster, the platform's servers, and where clients connect. */
run(async () => {
  const target = findTarget();
  process.stdout.write(
    `stack ${target.stack} on ${target.kind === "local" ? "the local cluster" : "your cluster"}, context ${target.context}\n`,
  );
  if (!existsSync(target.kubeconfig)) {
    process.stdout.write("there is no cluster; make up makes one\n");
    return 1;
  }
  if (target.cluster !== undefined)
    process.stdout.write(`${cluster.formatStatus(await cluster.status(target.cluster))}\n`);
  if (!(await reachable(target))) {
    process.stdout.write("the cluster does not answer\n");
    return 1;
  }
  const { namespace, natsClusterUrl } = await stackOutputs(target, "namespace", "natsClusterUrl");
  for (const { metadata, spec, status } of await serverPods(target, String(namespace))) {
    const ready = status?.containerStatuses?.filter((container) => container.ready).length ?? 0;
    const restarts = status?.containerStatuses?.reduce((sum, container) => sum + container.restartCount, 0) ?? 0;
    const columns = [
      metadata?.name,
      `${ready}/${spec?.containers.length} ready`,
      `${restarts} restarts`,
      spec?.nodeName ?? "not scheduled",
    ];
    process.stdout.write(`${columns.join("  ")}\n`);
  }
  process.stdout.write(`clients connect to ${natsClusterUrl}\n`);
  return 0;
});
