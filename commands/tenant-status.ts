import { jsonAsked } from "./json-option";
import { run } from "./run";
import { printTenant } from "./tenant/print";
import { findTenant } from "./tenant/target";

/** `tenant-status [--json]`: shows what a tenant is like; exit code 1 if something is not as it should be. */
run(async () => printTenant(findTenant().target, { json: jsonAsked() }));
