import { join } from "node:path";
import { stateDir } from "../local/state";
import type { Target } from "./target";

/** Folder of the creds files that were written for people who use the target's platform from this machine. */
export function credsFolder({ context }: Pick<Target, "context">): string {
  return join(stateDir(), "creds", context);
}
