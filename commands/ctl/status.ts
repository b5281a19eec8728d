import { ctlCommand } from "./command";

export const status = ctlCommand({
  name: "status",
  describe: "Shows what is there: the cluster, servers with their nodes and restarts, where clients connect",
  examples: [
    ["status", "Stack dev"],
    ["status --stack dev-tenant-acme", "A tenant's instances"],
  ],
  handler: async (_args, context) => (await import("./show/status")).showStatus(context),
});
