import { runStack } from "./stacks";

export = runStack;
