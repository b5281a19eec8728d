import type { Target } from "./target";
import { notUp, openExistingStack } from "./workspace";

/**
 * Values of some of the stack's outputs, by name.
 * @throws if the stack has not been brought up
 */
export async function stackOutputs<Name extends string>(
  target: Target,
  ...names: readonly Name[]
): Promise<Record<Name, unknown>> {
  const outputs = await (await openExistingStack(target)).outputs();
  if (names.some((name) => outputs[name] === undefined)) throw notUp(target.stack);
  return Object.fromEntries(names.map((name) => [name, outputs[name]?.value])) as Record<Name, unknown>;
}
