import { jsonAsked } from "./json-option";
import { run } from "./run";
import { findWorkstation } from "./workstation/target";
import { workstationUp } from "./workstation/up";

/** `workstation-up [--json]`: brings a workstation up, or to its changed configuration, and shows how it is used. */
run(async () => workstationUp(findWorkstation(), { json: jsonAsked() }));
