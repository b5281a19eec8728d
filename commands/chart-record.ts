import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { chartVersion } from "../components/platform/chart-source";
import { chartValues } from "../components/platform/chart-values";
import { names } from "../components/platform/ports";
import { record } from "../local/plugins/kubernetes/record";
import { platformArgs } from "../stacks/platform-args";
import { parsePlatformConfig } from "../stacks/platform-config";
import { variants } from "../test/e2e/variants";
import { run } from "./run";
import { projectRoot } from "./target";

/**
 * Records what helm renders from the chart for every configuration of this repository, so that the local cluster needs no chart repository.
 * `CHART` is the chart's folder or archive on disk.
 */
run(async () => {
  const chart = process.env.CHART;
  if (!chart)
    throw new Error(
      `CHART is not set; give the folder of the nats chart ${chartVersion}: make chart-record CHART=/path/to/nats`,
    );
  const dev = stackConfig("Pulumi.dev.yaml");
  const configs: [string, Record<string, unknown>][] = [
    ...stackFiles().map((file): [string, Record<string, unknown>] => [file.split(".")[1] ?? file, stackConfig(file)]),
    ...Object.entries(variants).map(([name, changes]): [string, Record<string, unknown>] => [
      name,
      { ...dev, ...changes },
    ]),
  ];
  for (const [name, config] of configs) {
    const args = platformArgs(parsePlatformConfig(config));
    const file = await record({
      chart,
      version: chartVersion,
      release: names.release,
      namespace: args.namespace,
      values: chartValues(args),
      name,
    });
    process.stdout.write(`${name}: ${file}\n`);
  }
  return 0;
});

function stackFiles(): string[] {
  return readdirSync(projectRoot).filter((file) => /^Pulumi\.[\w-]+\.yaml$/.test(file));
}

function stackConfig(file: string): Record<string, unknown> {
  const config: Record<string, unknown> = parse(readFileSync(join(projectRoot, file), "utf8")).config ?? {};
  const own = Object.entries(config).filter(([key]) => key.startsWith("nats-platform:"));
  return Object.fromEntries(own.map(([key, value]) => [key.replace("nats-platform:", ""), value]));
}
