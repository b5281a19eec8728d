import { ctlCommand } from "./command";

export const getCredentials = ctlCommand({
  name: "get-credentials",
  describe: "Writes a user's creds file (0600) on this machine, and prints a `nats context save` line for it",
  examples: [
    ["get-credentials", "The observer of stack dev"],
    ["get-credentials --user system", "The system account's user"],
    ["get-credentials --stack dev-tenant-acme --user worker", "A user of a tenant"],
  ],
  options: {
    user: {
      type: "string",
      requiresArg: true,
      describe: "Name of the user  [default: observer, else the first there is]",
    },
  },
  handler: async (args, context) => (await import("./show/credentials")).getCredentials(args, context),
});
