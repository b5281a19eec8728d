import * as pulumi from "@pulumi/pulumi";
import { fromText } from "./config-parser";
import { platformSchema } from "./platform-config";

/** The configuration of the selected stack, without the project's prefix; keys that are not set have the default of Pulumi.yaml. */
export interface ProjectConfig {
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys whose values are encrypted in the stack's file. */
  readonly encrypted: ReadonlySet<string>;
}

/** Reads the selected stack's configuration. */
export function readProjectConfig(): ProjectConfig {
  const all = pulumi.runtime.allConfig();
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(all).filter(([key]) => key.startsWith(prefix));
  const withoutPrefix = own.map(([key, value]) => [key.slice(prefix.length), value] as const);
  return {
    values: Object.fromEntries(withoutPrefix),
    encrypted: new Set(withoutPrefix.map(([key]) => key).filter((key) => isEncrypted(prefix + key))),
  };
}

/** Whether a key's value is encrypted in the stack's file. The SDK knows, but its types do not tell: `Config.get` uses it for its warnings. */
function isEncrypted(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return isConfigSecret(key);
}

/** The tenant that the stack is about: undefined for another kind of stack. */
export function tenantOf(project: ProjectConfig): Readonly<Record<string, unknown>> | undefined {
  return withPart(project, "tenant", "id");
}

/** The demo that the stack is: undefined for another kind of stack. */
export function demoOf(project: ProjectConfig): Readonly<Record<string, unknown>> | undefined {
  return withPart(project, "demo", "environment");
}

/** An object among the configuration, if it has a part without which it is not set. */
function withPart({ values }: ProjectConfig, key: "tenant" | "demo", part: string) {
  const value = fromText(platformSchema, key, values[key]);
  const given = typeof value === "object" && value !== null && part in value;
  return given ? (value as Record<string, unknown>) : undefined;
}

/**
 * Keys of the environment that have another value than their default. Pulumi hands every stack of the project every key,
 * so only the value tells one that was set.
 */
export function environmentKeys({ values }: ProjectConfig): string[] {
  return Object.keys(values).filter((key) => {
    const field = platformSchema.shape[key as keyof typeof platformSchema.shape];
    if (key === "tenant") return false;
    if (field === undefined) return true;
    const parsed = field.safeParse(fromText(platformSchema, key, values[key]));
    return !parsed.success || JSON.stringify(parsed.data) !== JSON.stringify(field.parse(undefined));
  });
}
