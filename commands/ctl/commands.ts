import type { CtlCommand } from "./command";
import { streams } from "./streams";

/** All commands, in the order of `ctl --help`. */
export const commands: readonly CtlCommand[] = [streams];
