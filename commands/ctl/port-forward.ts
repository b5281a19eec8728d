import { ctlCommand } from "./command";

export const portForward = ctlCommand({
  name: "port-forward",
  describe: "Leads a port of this machine to the servers, until Ctrl-C: another ready server for every connection",
  examples: [
    ["port-forward", "nats://127.0.0.1:4222 to the servers of stack dev"],
    ["port-forward --monitoring", "http://127.0.0.1:8222 to their monitoring"],
    ["port-forward --port 14222 --stack workstation", "Another port, to a workstation"],
  ],
  options: {
    port: { type: "number", requiresArg: true, describe: "Of 127.0.0.1  [default: 4222, or 8222 with --monitoring]" },
    monitoring: { type: "boolean", default: false, describe: "To monitoring (8222) in place of the clients' port" },
  },
  handler: async (args, context) => (await import("./show/port-forward")).portForward(args, context),
});
