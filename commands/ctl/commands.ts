import { accounts } from "./accounts";
import { backup } from "./backup";
import type { CtlCommand } from "./command";
import { consumers } from "./consumers";
import { deploy } from "./deploy";
import { drainNode } from "./drain-node";
import { getCredentials } from "./get-credentials";
import { health } from "./health";
import { kv } from "./kv";
import { logs } from "./logs";
import { portForward } from "./port-forward";
import { restore } from "./restore";
import { status } from "./status";
import { streams } from "./streams";
import { verify } from "./verify";

/** All commands, in the order of `ctl --help`. */
export const commands: readonly CtlCommand[] = [
  deploy,
  status,
  health,
  verify,
  streams,
  consumers,
  kv,
  accounts,
  logs,
  portForward,
  getCredentials,
  drainNode,
  backup,
  restore,
];
