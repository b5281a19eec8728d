import { platformStack } from "./platform";

/** Runs the program of the selected stack and returns its outputs. */
export function runStack() {
  return platformStack();
}
