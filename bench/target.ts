import { findTarget, type Target } from "../commands/target";

/** The cluster that is made for measuring, and for nothing else. */
export const benchCluster = "bench";

/** The development stack on it, whatever else the environment may choose. */
export function benchTarget(): Target {
  return findTarget(benchEnvironment);
}

/** The same choice for commands that are run as a person runs them. */
export const benchEnvironment: Readonly<Record<string, string | undefined>> = {
  STACK: "dev",
  NATS_PLATFORM_CLUSTER: benchCluster,
  KUBECONTEXT: undefined,
};
