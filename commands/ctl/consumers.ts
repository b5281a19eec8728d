import { ctlCommand } from "./command";

export const consumers = ctlCommand({
  name: "consumers [stream]",
  describe: "Lists consumers, and says which are stuck and why",
  examples: [
    ["consumers", "Consumers of all streams"],
    ["consumers ORDERS --stack dev-tenant-acme", "Those of one stream of a tenant"],
  ],
  positionals: { stream: { type: "string", describe: "Name of a stream  [default: all]" } },
  options: {
    account: { type: "string", requiresArg: true, describe: "Of this account alone  [default: all of the stack]" },
  },
  handler: async (args, context) => (await import("./jetstream/show-consumers")).showConsumers(args, context),
});
