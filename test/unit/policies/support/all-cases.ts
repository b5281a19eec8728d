import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mutation, PolicyCases } from "./cases";
import type { Resource } from "./pack";

/** Where the cases are, a file for each policy. */
export const casesFolder = join(__dirname, "..", "cases");

/** The cases of all policies. */
export function allCases(): PolicyCases[] {
  return readdirSync(casesFolder).map((file) => require(join(casesFolder, file)).cases);
}

/** A compliant stack, with a mutation if there is one. */
export function changed(compliant: readonly Resource[], mutation?: Omit<Mutation, "says">): Resource[] {
  const stack = structuredClone(compliant) as Resource[];
  if (mutation) {
    const resource = stack.find(({ name }) => name === mutation.resource);
    assert.ok(resource, `there is no resource ${mutation.resource}`);
    mutation.change(resource);
    assert.notDeepEqual(stack, compliant, "the mutation changes nothing");
  }
  return stack;
}
