import { ctlCommand } from "./command";

export const logs = ctlCommand({
  name: "logs [server]",
  describe: "Prints the servers' logs, each line with its server's name",
  examples: [
    ["logs", "The last 50 lines of each server"],
    ["logs --follow --tail 0", "What comes from now on, until Ctrl-C"],
    ["logs nats-1 --since 10m", "One server's last ten minutes"],
  ],
  positionals: { server: { type: "string", describe: "Pod of one server  [default: all]" } },
  options: {
    follow: { type: "boolean", default: false, describe: "Go on with what comes, until Ctrl-C" },
    tail: { type: "number", requiresArg: true, describe: "Last lines of each  [default: 50, or all --since]" },
    since: { type: "string", requiresArg: true, describe: "Not older than this: 30s, 10m, 2h, 1d" },
  },
  handler: async (args, context) => (await import("./show/logs")).showLogs(args, context),
});
