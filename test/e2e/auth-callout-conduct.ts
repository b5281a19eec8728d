import assert from "node:assert/strict";
import { calloutNamespacePermissions, clusterPermissions } from "../../components/auth-callout/permissions";
import { calloutNamespace } from "../../local/auth-callout/app-cluster";
import type { CalloutWorld } from "../../local/auth-callout/world";

/** Asserts that everything the API server was asked for about objects is what the callout's roles allow. */
export function assertAllowed({ cluster }: CalloutWorld): void {
  const { requests } = cluster.kubernetes;
  assert.ok(requests.length > 0);
  const refused = requests.filter(({ verb, resource, namespace }) => {
    const rules = [...clusterPermissions, ...(namespace === calloutNamespace ? calloutNamespacePermissions : [])];
    return !rules.some(({ verbs, resources }) => verbs.includes(verb) && resources.includes(resource));
  });
  assert.deepEqual(refused, []);
}

/** Asserts that logs are JSON, and hold no part of a token, no JWT and no seed. */
export function assertDiscreet({ replicas }: CalloutWorld, presented: readonly string[]): void {
  assert.ok(presented.length > 0);
  for (const { name, output } of replicas) {
    assert.doesNotMatch(output, /eyJ|ZXlK|(?<![A-Z2-7])S[ACNOUX][A-Z2-7]{50,}/, name);
    for (const token of presented) {
      // Of the header alone nothing is secret, but it is in the text of every token.
      for (const part of token.split(".").filter(({ length }) => length >= 8)) {
        assert.ok(!output.includes(part), `${name} has logged a part of a token`);
      }
    }
    for (const line of output.trimEnd().split("\n")) assert.equal(typeof JSON.parse(line).message, "string");
  }
}

/** Logins counted so far by all running replicas, by result and reason, such as `refused expired`; none that are 0. */
export async function counted({ replicas }: CalloutWorld): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const replica of replicas.filter(({ isRunning }) => isRunning)) {
    const text = await (await fetch(replica.url("metrics"))).text();
    const lines = text.matchAll(/^auth_callout_logins_total\{result="(\w+)",reason="([\w-]*)"\} (\d+)$/gm);
    for (const [, result, reason, count] of lines) {
      const key = `${result} ${reason}`.trim();
      sums[key] = (sums[key] ?? 0) + Number(count);
    }
  }
  return sums;
}

/** What has been counted since. */
export function since(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const entries = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}
