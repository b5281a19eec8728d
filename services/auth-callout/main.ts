import { KubeConfig } from "@kubernetes/client-node";
import { serve } from "../http";
import { createLog } from "../log";
import { runService } from "../run-service";
import { readConfig } from "./config";
import { Service } from "./service";

const log = createLog((line) => process.stdout.write(`${line}\n`));

runService(log, async () => {
  const config = readConfig(process.env);
  const kubernetes = new KubeConfig();
  kubernetes.loadFromDefault();
  const service = new Service(kubernetes, config, log);
  const server = await serve(config.listenAddress, service);
  log.info("started", { verification: config.verification });
  return { server, work: service.start(), stop: () => service.stop() };
});
