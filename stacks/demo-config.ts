import { z } from "zod";
import { parseConfig } from "./config-parser";
import { tenantSchema } from "./tenant-config";

/** What may be said of a demo: the parts of key `demo`. */
export const demoSchema = z.strictObject({
  environment: tenantSchema.shape.environment,
  tenants: z.array(tenantSchema.shape.id).min(2, "must name two tenants of the environment at least"),
  networkPolicy: z.enum(["kubernetes", "cilium"], "must be kubernetes or cilium").default("kubernetes"),
});

/** Configuration of a demo's stack, checked. */
export type DemoConfig = z.output<typeof demoSchema>;

/**
 * Checks what a demo's stack says.
 * @param demo value of key `demo`
 * @throws {ConfigError} with every problem
 */
export function parseDemoConfig(demo: Readonly<Record<string, unknown>>): DemoConfig {
  return parseConfig(demoSchema, demo, { parent: "demo" });
}
