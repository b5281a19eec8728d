import { ctlCommand } from "./command";

export const streams = ctlCommand({
  name: "streams [name]",
  describe: "Lists streams with their replicas, and says what is wrong with each",
  examples: [
    ["streams", "All streams and buckets of stack dev"],
    ["streams KV_retry_queue", "One of them in detail"],
    ["streams --stack dev-tenant-acme --json", "Those of a tenant, for a program"],
  ],
  positionals: { name: { type: "string", describe: "Name of a stream, to show it in detail" } },
  options: {
    account: {
      type: "string",
      requiresArg: true,
      describe: "Streams of this account alone  [default: all of the stack]",
    },
  },
  handler: async (args, context) => (await import("./jetstream/show-streams")).showStreams(args, context),
});
