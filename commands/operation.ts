import { CommandError, ConcurrentUpdateError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { withLock } from "../local/lock";
import { eventLines } from "./pulumi-events";
import type { Target } from "./target";
import { openStack } from "./workspace";

/** What every operation on a stack is given: what happens goes to the terminal as it comes. */
export interface OperationOptions {
  readonly onEvent: (event: EngineEvent) => void;
  readonly onError: (text: string) => void;
}

/**
 * Opens the target's stack and runs one Pulumi operation on it, showing what it does.
 * @param out where that is shown
 * @throws one line when it fails: Pulumi has printed the reasons already
 */
export async function runStackOperation<T>(
  target: Target,
  operation: (stack: Stack, options: OperationOptions) => Promise<T>,
  out: NodeJS.WriteStream = process.stdout,
): Promise<T> {
  if (target.cluster === undefined) return showing(target, await openStack(target), operation, out);
  const waiting = () => void process.stderr.write("waiting for another command on this stack to end\n");
  return withLock(`stack ${target.cluster}/${target.stack}`, waiting, async () => {
    const stack = await openStack(target);
    try {
      return await showing(target, stack, operation, out);
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof ConcurrentUpdateError)) throw error;
      // We hold the lock, so whoever locked the state was killed.
      process.stderr.write("the stack was left locked by a command that was killed; unlocking it and trying again\n");
      await stack.cancel();
      return showing(target, stack, operation, out);
    }
  });
}

async function showing<T>(
  target: Target,
  stack: Stack,
  operation: (stack: Stack, options: OperationOptions) => Promise<T>,
  out: NodeJS.WriteStream,
): Promise<T> {
  const lines = eventLines();
  const onEvent = (event: EngineEvent) => {
    for (const line of lines(event)) out.write(`${line}\n`);
  };
  const onError = (text: string) => void process.stderr.write(text);
  try {
    return await operation(stack, { onEvent, onError });
  } catch (error) {
    if (error instanceof CommandError)
      throw new Error(`pulumi failed on stack "${target.stack}"; its output above says why`, { cause: error });
    throw error;
  }
}
