import assert from "node:assert/strict";
import { type Registered, recordResources, settled } from "../../support/mocks";

/** What a program registers. */
export async function registeredBy(program: () => unknown): Promise<Registered[]> {
  const registered = recordResources();
  program();
  await settled();
  return registered;
}

/** Inputs of the one resource of a type. */
export function only<Inputs>(registered: readonly Registered[], type: string): Inputs {
  const found = registered.filter((one) => one.type === type);
  assert.equal(found.length, 1, `resources of type ${type}`);
  return found[0]?.inputs as Inputs;
}

export const types = {
  deployment: "kubernetes:apps/v1:Deployment",
  cronJob: "kubernetes:batch/v1:CronJob",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  cilium: "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
} as const;

/** A pod template as tests read it. */
export interface Template {
  readonly metadata?: { readonly labels?: Record<string, string> };
  readonly spec: {
    readonly containers: { readonly name: string; readonly env?: object[]; readonly volumeMounts?: object[] }[];
    readonly volumes?: { readonly name: string }[];
  };
}

/** The container of a template. */
export function containerOf(template: Template, name: string) {
  return template.spec.containers.find((one) => one.name === name) ?? assert.fail(`no container ${name}`);
}

/** Passes if the list has an item equal to the expected one. */
export function contains(list: readonly unknown[] | undefined, expected: object): void {
  const equal = (list ?? []).filter((item) => {
    try {
      assert.deepEqual(item, expected);
      return true;
    } catch {
      return false;
    }
  });
  assert.equal(equal.length, 1, `${JSON.stringify(list)} should contain once ${JSON.stringify(expected)}`);
}

/** Passes if no item has all fields of the given one. */
export function containsNone(list: readonly unknown[] | undefined, fields: object): void {
  const matching = (list ?? []).filter((item) =>
    Object.entries(fields).every(([key, value]) => {
      return JSON.stringify((item as Record<string, unknown>)[key]) === JSON.stringify(value);
    }),
  );
  assert.deepEqual(matching, []);
}

/** Freezes an object and all below it, so that whoever changes it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
