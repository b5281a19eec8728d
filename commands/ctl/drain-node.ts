import { ctlCommand } from "./command";

export const drainNode = ctlCommand({
  name: "drain-node <node>",
  describe: "Empties a node for maintenance, where NATS can do without the server on it; again with --uncordon ends it",
  examples: [
    ["drain-node node-2 --dry-run", "What would be evicted, and whether NATS can do without it"],
    ["drain-node node-2", "Cordons the node and evicts its pods; interrupted, it goes on when run again"],
    ["drain-node node-2 --uncordon", "Lets the node take pods again, and waits until all is well"],
  ],
  positionals: { node: { type: "string", demandOption: true, describe: "Name of the node" } },
  options: {
    "dry-run": { type: "boolean", default: false, describe: "Change nothing, say what would be done" },
    uncordon: { type: "boolean", default: false, describe: "Let the node take pods again" },
    timeout: {
      type: "number",
      default: 600,
      requiresArg: true,
      describe: "Seconds until it gives up; nothing is undone",
    },
  },
  handler: async (args, context) => {
    const { drainNode } = await import("./drain/drain");
    return drainNode({ ...args, dryRun: args["dry-run"] }, context);
  },
});
