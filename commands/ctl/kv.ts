import { ctlCommand } from "./command";

export const kv = ctlCommand({
  name: "kv [bucket] [key]",
  describe: "Lists key-value buckets, the keys of one, or shows the value of a key",
  examples: [
    ["kv", "All buckets, with how long their values live"],
    ["kv sessions --stack workstation", "Keys of a bucket, with revision and age"],
    ["kv sessions user-1 --stack workstation", "The value of a key"],
  ],
  positionals: {
    bucket: { type: "string", describe: "Name of a bucket, to list its keys" },
    key: { type: "string", describe: "Key in it, to show its value" },
  },
  options: {
    account: {
      type: "string",
      requiresArg: true,
      describe: "Buckets of this account alone  [default: all of the stack]",
    },
    limit: { type: "number", default: 100, requiresArg: true, describe: "Most keys that are listed" },
  },
  handler: async (args, context) => (await import("./jetstream/show-kv")).showKv(args, context),
});
