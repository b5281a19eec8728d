import type { Stack } from "@pulumi/pulumi/automation";
import type { Target } from "./target";

/**
 * Refuses to destroy a stack of which Pulumi is to keep something, before anything of it is gone: Pulumi itself finds out about a protected resource
 * only when it has deleted those that depend on it.
 * @param setting what takes the protection away, such as `nats-platform:protect`
 * @param up command that makes it so
 */
export async function refuseProtected(
  { stack: name }: Target,
  stack: Stack,
  { setting, up, down }: { readonly setting: string; readonly up: string; readonly down: string },
): Promise<void> {
  const { deployment } = await stack.exportStack();
  const resources: { protect?: boolean; urn: string }[] = deployment?.resources ?? [];
  const kept = resources.filter(({ protect }) => protect).length;
  if (kept === 0) return;
  throw new Error(
    `stack "${name}" is protected (${kept} of its resources: data and keys would be gone for good); nothing was deleted. To destroy it, set ${setting} to false in Pulumi.${name}.yaml, run ${up}, then ${down}`,
  );
}
