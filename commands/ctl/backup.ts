import { ctlCommand } from "./command";

export const backup = ctlCommand({
  name: "backup",
  describe: "Saves streams and buckets with their consumers to a folder or S3, with checksums; run again, it goes on",
  examples: [
    ["backup --to backup/2026-11-28", "All accounts of stack dev, a folder each"],
    ["backup --to backup/today --streams ORDERS KV_sessions", "Two of its streams; a bucket's is KV_<bucket>"],
    ["backup --to s3://backups/dev --endpoint https://s3.local", "To a service that speaks S3"],
  ],
  options: {
    to: { type: "string", demandOption: true, requiresArg: true, describe: "A folder, or s3://<bucket>/<prefix>" },
    endpoint: {
      type: "string",
      requiresArg: true,
      describe: "URL of the service of an s3:// place  [default: AWS]",
    },
    account: { type: "string", requiresArg: true, describe: "This account alone  [default: all of the stack]" },
    streams: { type: "string", array: true, requiresArg: true, describe: "These streams alone  [default: all]" },
  },
  handler: async (args, context) => (await import("./backup/show-backup")).showBackup(args, context),
});
