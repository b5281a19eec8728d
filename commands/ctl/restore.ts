import { ctlCommand } from "./command";

export const restore = ctlCommand({
  name: "restore",
  describe:
    "Brings back streams and buckets of a backup and compares them; leaves other data alone; run again, it goes on",
  examples: [
    ["restore --from backup/2026-11-28", "All accounts of stack dev that are in the backup"],
    ["restore --from backup/2026-11-28 --streams ORDERS", "One stream that was deleted"],
    ["restore --from backup/x/PLATFORM --stack dev-tenant-acme", "A drill: into another account"],
    ["restore --from backup/x --stack workstation --replicas 1", "To a stack with one server"],
  ],
  options: {
    from: {
      type: "string",
      demandOption: true,
      requiresArg: true,
      describe: "What backup has written: a folder, or s3://<bucket>/<prefix>; of all accounts or of one",
    },
    endpoint: {
      type: "string",
      requiresArg: true,
      describe: "URL of the service of an s3:// place  [default: AWS]",
    },
    account: { type: "string", requiresArg: true, describe: "Into this account alone  [default: all of the stack]" },
    streams: { type: "string", array: true, requiresArg: true, describe: "These streams alone  [default: all]" },
    replace: {
      type: "boolean",
      default: false,
      describe: "Replace streams that have other data; what they have is saved beside the backup first",
    },
    replicas: {
      type: "number",
      requiresArg: true,
      describe: "Most replicas of a stream, where there are fewer servers; placement is let go  [default: as it was]",
    },
  },
  handler: async (args, context) => (await import("./backup/show-restore")).showRestore(args, context),
});
