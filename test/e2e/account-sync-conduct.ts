import assert from "node:assert/strict";
import { permissions, type Rule } from "../../components/account-sync/permissions";
import type { SeenRequest } from "../../local/world/kubernetes";
import type { Replica } from "../../local/world/replica";

/** What account-sync's Roles allow, by namespace. */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  nats: permissions.platform,
  "nats-accounts": permissions.accounts,
  "vrsky-tenants": permissions.tenants,
};

/** Asserts that every request is one account-sync may make. */
export function assertAllowed(requests: readonly SeenRequest[]): void {
  assert.deepEqual(
    requests.filter((request) => !isAllowed(request)),
    [],
  );
}

/** Asserts that logs are JSON, and hold no JWT and no seed. */
export function assertDiscreet(replicas: readonly Replica[]): void {
  for (const { output } of replicas) {
    assert.doesNotMatch(output, /eyJ|ZXlK|(?<![A-Z2-7])S[OAU][A-Z2-7]{50,}/);
    for (const line of output.trimEnd().split("\n")) assert.equal(typeof JSON.parse(line).message, "string");
  }
}

function isAllowed({ verb, resource, namespace, name }: SeenRequest): boolean {
  return (rules[namespace] ?? []).some(
    (rule) =>
      rule.verbs.includes(verb) &&
      rule.resources.includes(resource) &&
      (rule.resourceNames === undefined || rule.resourceNames.includes(name ?? "")),
  );
}
