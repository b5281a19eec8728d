import { join } from "node:path";
import { writePrivateFile } from "../local/state";
import { credsFolder } from "./creds-folder";
import { stackOutputs } from "./outputs";
import { run } from "./run";
import { requireEnvironment } from "./stack-kind";
import { findTarget } from "./target";

/** Users whose creds a person may want on a machine, and the stack output that has them. */
const outputs: Readonly<Record<string, string>> = {
  system: "systemCreds",
  "control-plane": "controlPlaneCreds",
  observer: "observerCreds",
};

run(async () => {
  const target = findTarget();
  requireEnvironment(target);
  const user = process.env.NATS_USER ?? "observer";
  const output = Object.hasOwn(outputs, user) ? outputs[user] : undefined;
  if (!output) {
    throw new Error(
      `the creds of user "${user}" are not handed out; NATS_USER is one of ${Object.keys(outputs).join(", ")}`,
    );
  }
  const file = join(credsFolder(target), `${user}.creds`);
  const { [output]: creds, natsExternalUrl } = await stackOutputs(target, output, "natsExternalUrl");
  writePrivateFile(file, String(creds));
  const inbox = user === "observer" ? " --inbox-prefix _INBOX_observer" : "";
  process.stdout.write(
    `creds of user ${user}: ${file}\n\nnats context save ${target.context}-${user} --server ${natsExternalUrl} --creds ${file}${inbox} --select\n\nThe server is reached while this runs: make port-forward\n`,
  );
  return 0;
});
