import { ctlCommand } from "./command";

export const verify = ctlCommand({
  name: "verify",
  describe: "Holds what is there against everything that the stack promises; makes pods of its own for seconds",
  examples: [
    ["verify", "An environment: checks from inside the cluster, half a minute"],
    ["verify --stack dev-tenant-acme", "A tenant: account, instances, creds, policies"],
    ["verify --json", "One document: whether all is well, and each check"],
  ],
  handler: async (_args, context) => (await import("./show/verify")).showVerify(context),
});
