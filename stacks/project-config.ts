import * as pulumi from "@pulumi/pulumi";
import { fromText } from "./config-parser";
import { platformSchema } from "./platform-config";
import type { StackKind } from "./stack-kind";

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

/**
 * Keys of the environment that have another value than their default. Pulumi hands every stack of the project every key,
 * so only the value tells one that was set.
 * @param kind of the stack, whose own key is none of the environment's
 */
export function environmentKeys(values: ProjectConfig["values"], kind: StackKind): string[] {
  return Object.keys(values).filter((key) => {
    const field = platformSchema.shape[key as keyof typeof platformSchema.shape];
    if (key === kind) return false;
    if (field === undefined) return true;
    const parsed = field.safeParse(fromText(platformSchema, key, values[key]));
    return !parsed.success || JSON.stringify(parsed.data) !== JSON.stringify(field.parse(undefined));
  });
}
