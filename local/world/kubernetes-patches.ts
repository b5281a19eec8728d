import type { StoredObject } from "./kubernetes";

/** An operation of a JSON patch, as far as anybody here uses them. */
export interface PatchOperation {
  readonly op: "test" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/** Changes an object by a JSON patch. @throws {Error} if a test fails */
export function jsonPatch(object: StoredObject, operations: readonly PatchOperation[]): void {
  for (const { op, path, value } of operations) {
    const keys = path.split("/").slice(1);
    const last = keys.pop() ?? "";
    let parent: unknown = object;
    for (const key of keys) parent = (parent as Record<string, unknown>)[key];
    const holder = parent as Record<string, unknown>;
    if (op === "test" && holder[last] !== value) throw new Error(`test of ${path} failed`);
    if (op === "remove") {
      if (Array.isArray(parent)) parent.splice(Number(last), 1);
      else delete holder[last];
    }
  }
}

/** Changes an object's data by a merge patch. */
export function mergeData(object: StoredObject, { data }: { data: Record<string, string | null> }): void {
  object.data = { ...object.data };
  for (const [key, value] of Object.entries(data)) {
    if (value === null) delete object.data[key];
    else object.data[key] = value;
  }
}
