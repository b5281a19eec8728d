// Pulumi would compile the pack anew, with the TypeScript compiler, whenever it starts it: five seconds. This takes one.
require("tsx/cjs");
require("./index.ts");
