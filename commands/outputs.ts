import type { Target } from "./target";
import { openStack } from "./workspace";

/**
 * Values of some of the stack's outputs, by name.
 * @throws if the stack has not been brought up
 */
export async function stackOutputs<Name extends string>(
  target: Target,
  ...names: readonly Name[]
): Promise<Record<Name, unknown>> {
  const outputs = await (await openStack(target)).outputs();
  const missing = names.find((name) => outputs[name] === undefined);
  if (missing) throw new Error(`stack "${target.stack}" has no output ${missing}: it is not up. Run make up first.`);
  return Object.fromEntries(names.map((name) => [name, outputs[name]?.value])) as Record<Name, unknown>;
}
