import { ctlCommand } from "./command";

export const deploy = ctlCommand({
  name: "deploy",
  describe: "Brings a stack up, or to its changed configuration, and looks whether all is well",
  examples: [
    ["deploy", "An environment, as make up does"],
    ["deploy --stack dev-tenant-acme", "A tenant, as make tenant-up does"],
    ["deploy --stack workstation", "A workstation, as make workstation-up does"],
  ],
  handler: async (_args, context) => (await import("./show/deploy")).deploy(context),
});
