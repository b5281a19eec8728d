import { PassThrough } from "node:stream";
import { Log } from "@kubernetes/client-node";
import { kubeConfig, serverPods } from "./kubernetes";
import { stackOutputs } from "./outputs";
import { run } from "./run";
import { findTarget } from "./target";

/** Prints the servers' logs, each line with its server's name: the last 50 lines, then what comes until Ctrl-C. */
run(async () => {
  const target = findTarget();
  const namespace = String((await stackOutputs(target, "namespace")).namespace);
  const log = new Log(kubeConfig(target));
  const follow = process.env.FOLLOW !== "false";
  const names = (await serverPods(target, namespace)).flatMap(({ metadata }) => metadata?.name ?? []);
  if (names.length === 0) throw new Error(`no server in namespace ${namespace}. Run make up first.`);
  const ended = names.map(async (name) => {
    const stream = new PassThrough();
    await log.log(namespace, name, "nats", stream, { follow, tailLines: 50 });
    let rest = "";
    for await (const chunk of stream) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) process.stdout.write(`${name} ${line}\n`);
    }
  });
  await Promise.all(ended);
  return 0;
});
