import { spawnSync } from "node:child_process";
import * as cluster from "../local/cluster";
import { ensureTools, toolNames } from "../local/tools";
import { ensureChart } from "./ensure-chart";
import { reachable } from "./kubernetes";
import type { Target } from "./target";

/**
 * Makes the target ready for Pulumi: builds what is missing and brings the local cluster up, or repairs it.
 * On a cluster of the user's own nothing is built but the Pulumi CLI, and that only when none is installed.
 */
export async function prepare(target: Target): Promise<void> {
  if (target.cluster === undefined) {
    if (!(await reachable(target)))
      throw new Error(`the cluster of context "${target.context}" does not answer; nothing was changed`);
    await ensurePulumi();
    return;
  }
  await ensureTools(toolNames("cluster", "images", "deploy"));
  await ensureChart(target.stack);
  await cluster.up(target.cluster);
}

/** Builds the Pulumi CLI, where none is installed. */
export async function ensurePulumi(): Promise<void> {
  if (spawnSync("pulumi", ["version"]).status !== 0) await ensureTools(["pulumi"]);
}
