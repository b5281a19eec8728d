import type { KubernetesObject } from "@kubernetes/client-node";

/** Objects by namespace and name, brought up to date when they are next asked for. */
export class ObjectIndex<T extends KubernetesObject> {
  private byName: ReadonlyMap<string, T> | undefined;

  constructor(private readonly items: () => readonly T[]) {}

  /** They have changed. */
  invalidate(): void {
    this.byName = undefined;
  }

  /** @param namespace the empty string for objects without one */
  get(namespace: string, name: string): T | undefined {
    this.byName ??= new Map(this.items().map((object) => [key(object), object]));
    return this.byName.get(`${namespace}/${name}`);
  }

  get size(): number {
    return this.items().length;
  }
}

function key({ metadata }: KubernetesObject): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}
