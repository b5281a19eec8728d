import { version } from "../../package.json";
import { ctl } from "./ctl";

/** `ctl <command>`: the operators' tool. */
void ctl(process.argv.slice(2), version);
