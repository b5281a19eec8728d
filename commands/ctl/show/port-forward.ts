import { once } from "node:events";
import { ports } from "../../../components/platform/ports";
import { startForward } from "../access/forward";
import { clusterConfig } from "../access/nats";
import { stackFacts } from "../access/outputs";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { print } from "../output";

interface Args {
  readonly port?: number;
  readonly monitoring: boolean;
}

/** Forwards until it is interrupted or told to end. A tenant's streams are on the servers of its environment, so that is where its clients are led. */
export async function portForward({ port, monitoring }: Args, { stack, json }: CommandContext): Promise<number> {
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new UnusableError(`--port is "${port}"; it must be 1 to 65535`);
  }
  const serverPort = monitoring ? ports.monitoring : ports.client;
  const { namespace, url: clusterUrl } = await stackFacts(stack);
  const onProblem = (problem: string) => void process.stderr.write(`${problem}\n`);
  const options = { port: port ?? serverPort, serverPort, onProblem };
  const forward = await startForward(clusterConfig(stack), namespace, options);
  const url = `${monitoring ? "http:" : new URL(clusterUrl).protocol}//127.0.0.1:${forward.port}`;
  print(json, { url, namespace }, () => [`forwarding ${url} to namespace ${namespace}; Ctrl-C ends it`]);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  forward.close();
  return 0;
}
