import { ctlCommand } from "./command";

export const accounts = ctlCommand({
  name: "accounts",
  describe: "Lists accounts with their connections, and what they store against their limits",
  examples: [
    ["accounts", "All accounts on the servers of stack dev, its tenants' among them"],
    ["accounts --stack dev-tenant-acme", "That of a tenant"],
  ],
  handler: async (_args, context) => (await import("./accounts/show-accounts")).showAccounts(context),
});
