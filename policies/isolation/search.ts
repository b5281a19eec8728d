import { Misshapen, Undecided } from "../kernel/field";
import type { Doubt, Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";

/**
 * Whether one of the objects is such a one. Where none is for certain, those of which too little is known are doubts, and it is taken to be one of
 * them. One of a wrong shape is none: Kubernetes does not take it.
 */
export function isAny(
  objects: readonly KubernetesObject[],
  is: (object: KubernetesObject) => boolean,
  findings: Findings,
): boolean {
  const doubts: Doubt[] = [];
  const found = objects.some((object) => {
    try {
      return is(object);
    } catch (error) {
      if (error instanceof Undecided) doubts.push({ props: error.props, keys: error.keys });
      else if (!(error instanceof Misshapen)) throw error;
      return false;
    }
  });
  if (!found) findings.doubts.push(...doubts);
  return found || doubts.length > 0;
}
