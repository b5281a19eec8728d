import { CommandError, type Stack } from "@pulumi/pulumi/automation";
import type { Target } from "./target";
import { openStack } from "./workspace";

/** What every operation on a stack is given: its output goes to the terminal as it comes. */
export interface OperationOptions {
  readonly onOutput: (text: string) => void;
  readonly onError: (text: string) => void;
  readonly color: "always" | "never";
}

/**
 * Opens the target's stack and runs one Pulumi operation on it, showing Pulumi's own progress.
 * @throws one line when it fails: Pulumi has printed the reasons already
 */
export async function runStackOperation<T>(
  target: Target,
  operation: (stack: Stack, options: OperationOptions) => Promise<T>,
): Promise<T> {
  const stack = await openStack(target);
  const onOutput = (text: string) => void process.stdout.write(text);
  const onError = (text: string) => void process.stderr.write(text);
  try {
    return await operation(stack, { onOutput, onError, color: process.stdout.isTTY ? "always" : "never" });
  } catch (error) {
    if (error instanceof CommandError)
      throw new Error(`pulumi failed on stack "${target.stack}"; its output above says why`);
    throw error;
  }
}
