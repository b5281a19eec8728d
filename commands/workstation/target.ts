import { kindOf, upCommand } from "../stack-kind";
import { findTarget, type Target } from "../target";

/** Stack of the workstation, unless `STACK` says otherwise. */
const defaultStack = "workstation";

/**
 * Decides which workstation to work on: the stack `workstation`, or that of `STACK`, on the cluster that {@link findTarget} chooses.
 * @throws if the stack is of another kind, or what {@link findTarget} throws
 */
export function findWorkstation(env: NodeJS.ProcessEnv = process.env): Target {
  const target = findTarget({ ...env, STACK: env.STACK || defaultStack });
  const kind = kindOf(target.stack);
  if (kind === "workstation") return target;
  throw new Error(
    `stack "${target.stack}" is no workstation but of kind ${kind}: it has no nats-platform:workstation with accounts. It is brought up by: ${upCommand(target.stack)}`,
  );
}
