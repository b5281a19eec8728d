import { ctlCommand } from "./command";

export const health = ctlCommand({
  name: "health",
  describe: "Looks quickly whether all is well, changing nothing: pods, servers, JetStream, a login, a round trip",
  examples: [
    ["health", "Stack dev: exit code 1 if something is wrong, with what to do"],
    ["health --stack workstation --json", "A workstation, for a program"],
  ],
  handler: async (_args, context) => (await import("./health/show-health")).showHealth(context),
});
