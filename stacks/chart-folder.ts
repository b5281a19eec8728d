import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "./config-error";

/** @throws {ConfigError} if the folder that is to have the chart has none */
export function requireChartFolder({ chartPath }: { readonly chartPath?: string }): void {
  if (!chartPath || existsSync(join(chartPath, "Chart.yaml"))) return;
  const reason = "is not the folder of a chart: there is no Chart.yaml in it";
  throw new ConfigError([{ key: "chartPath", value: chartPath, reason }]);
}
