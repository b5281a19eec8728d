import { platformStack } from "./stacks/platform";

export = platformStack();
