import { KubeConfig } from "@kubernetes/client-node";
import { serve } from "../http";
import { createLog } from "../log";
import { runService } from "../run-service";
import { readConfig } from "./config";
import { accountPaths } from "./http";
import { Service } from "./service";

const log = createLog((line) => process.stdout.write(`${line}\n`));

runService(log, async () => {
  const config = readConfig(process.env);
  const kubernetes = new KubeConfig();
  kubernetes.loadFromDefault();
  const service = new Service(kubernetes, config, log);
  const server = await serve(config.listenAddress, service, accountPaths(service));
  log.info("started", { pod: config.podName });
  return { server, stop: () => service.stop() };
});
