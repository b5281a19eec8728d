import { accounts } from "./accounts";
import type { CtlCommand } from "./command";
import { consumers } from "./consumers";
import { health } from "./health";
import { kv } from "./kv";
import { streams } from "./streams";

/** All commands, in the order of `ctl --help`. */
export const commands: readonly CtlCommand[] = [health, streams, consumers, kv, accounts];
