import { jsonAsked } from "./json-option";
import { run } from "./run";
import { formatWorkstation } from "./workstation/table";
import { findWorkstation } from "./workstation/target";
import { workstationUp } from "./workstation/up";

/** `workstation-up [--json]`: brings a workstation up, or to its changed configuration, and shows how it is used. */
run(async () => {
  const json = jsonAsked();
  const report = await workstationUp(findWorkstation(), json ? process.stderr : process.stdout);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatWorkstation(report));
  return 0;
});
