import { jsonAsked } from "./json-option";
import { run } from "./run";
import { findTenant } from "./tenant/target";
import { tenantUp } from "./tenant/up";

/** `tenant-up [--json]`: brings a tenant up, or to its changed configuration, and shows what it is like then. */
run(async () => tenantUp(findTenant(), { json: jsonAsked() }));
