import type { Target } from "./target";
import { openStack } from "./workspace";

/**
 * Value of one of the stack's outputs.
 * @throws if the stack has not been brought up
 */
export async function stackOutput(target: Target, name: string): Promise<unknown> {
  const output = (await (await openStack(target)).outputs())[name];
  if (output === undefined)
    throw new Error(`stack "${target.stack}" has no output ${name}: it is not up. Run make up first.`);
  return output.value;
}
