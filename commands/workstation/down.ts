import { runStackOperation } from "../operation";
import { refuseProtected } from "../protection";
import { kindOf } from "../stack-kind";
import type { Target } from "../target";
import { openExistingStack, stackNames } from "../workspace";
import { removeLogins } from "./creds-files";

const remedy = { setting: "nats-platform:protect", up: "make workstation-up", down: "make workstation-down" };

/**
 * Takes a workstation away with all that it stores, and its users' creds files. Nothing else on the cluster is touched.
 * @returns whether there was one
 * @throws if it is protected
 */
export async function workstationDown(target: Target): Promise<boolean> {
  if (!(await stackNames(target)).includes(target.stack)) {
    removeLogins(target);
    return false;
  }
  await refuseProtected(target, await openExistingStack(target), remedy);
  // On a shared cluster the state stays, as `pulumi destroy` leaves it: with it would go the stack's file in the repository.
  const remove = target.cluster !== undefined;
  await runStackOperation(target, (stack, options) => stack.destroy({ ...options, remove }));
  removeLogins(target);
  return true;
}

/** The workstations that are up on the cluster of an environment. */
export async function workstationsBeside(environment: Target): Promise<Target[]> {
  const names = (await stackNames(environment)).filter((name) => kindOf(name) === "workstation");
  return names.map((stack) => ({ ...environment, stack }));
}
