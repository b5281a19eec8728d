import { reachable } from "./kubernetes";
import { run } from "./run";
import type { Target } from "./target";
import { workstationDown } from "./workstation/down";
import { findWorkstation } from "./workstation/target";

/** `workstation-down`: takes a workstation away with all that it stores; the cluster and what else is on it stay. */
run(async () => {
  const target = findWorkstation();
  confirm(target);
  if (!(await reachable(target))) {
    throw new Error(`the cluster of context "${target.context}" does not answer; nothing was changed`);
  }
  const wasThere = await workstationDown(target);
  const said = wasThere ? "is gone, its creds files, too" : "is not up; there is nothing to take away";
  process.stdout.write(`workstation ${target.stack} ${said}\n`);
  return 0;
});

/** What a workstation stores, no command brings back; on the local cluster that is what it is for. */
function confirm({ cluster, context, stack }: Target): void {
  if (cluster !== undefined || process.env.CONFIRM === stack) return;
  throw new Error(
    `this destroys stack "${stack}" and its data on context "${context}". To do it: make workstation-down KUBECONTEXT=${context} STACK=${stack} CONFIRM=${stack}`,
  );
}
