import assert from "node:assert/strict";
import { cases as hostAccess } from "../unit/policies/cases/tenant-host-access";
import { cases as labels } from "../unit/policies/cases/tenant-labels";
import { cases as audience } from "../unit/policies/cases/token-audience";
import { cases as lifetime } from "../unit/policies/cases/token-lifetime";
import { changed } from "../unit/policies/support/all-cases";
import type { PolicyCases } from "../unit/policies/support/cases";
import { kinds, type Manifest } from "./admission-objects";
import { type AdmissionServer, namespaces } from "./admission-server";

/** Cases that the pack refuses and the API server takes, each with why. */
const taken: Readonly<Record<string, string>> = {
  "a tenant's pods in another namespace": "in namespaces of nobody the policies are not in force",
  "no id on the object": "Kubernetes' own controllers make Jobs without it; what counts is the pods' and the selector",
  "no id on the pods, in the namespace of tenants": "such pods are let in nowhere, and commands run some to show it",
  "the token of a client beside one that names its own":
    "only where no container names a token are all of the pod's judged",
};

/** The pack's own cases, by which its policies are tested in previews: what these refuse the API server refuses, too, and what they allow it takes. */
export function caseTests(server: () => AdmissionServer): void {
  for (const cases of [hostAccess, labels, audience, lifetime]) {
    it(`judges the cases of ${cases.policy} as the pack does`, async () => {
      const found: string[] = [];
      for (const { what, object, isAllowed } of objectsOf(cases)) {
        const refusal = await server().refusal(object);
        assert.doesNotMatch(refusal ?? "", /already exists/);
        const isTaken = isAllowed || what in taken;
        if ((refusal === undefined) !== isTaken) found.push(`${what}: ${refusal}`);
      }
      assert.deepEqual(found, []);
    });
  }
}

const isTenants = (policy: string) => policy.startsWith("tenant-");

function objectsOf({ policy, compliant, mutations, allowed = [] }: PolicyCases) {
  const all = [
    ...mutations.map((mutation) => ({ mutation, isAllowed: false })),
    ...allowed.map((mutation) => ({ mutation, isAllowed: true })),
  ];
  return all.flatMap(({ mutation, isAllowed }) => {
    const resource = changed(compliant, mutation).find(({ name }) => name === mutation.resource);
    const [, apiVersion = "", kind = ""] = /^kubernetes:(?:core\/)?([^:]+):(\w+)$/.exec(resource?.type ?? "") ?? [];
    if (!kinds.includes(kind)) return [];
    const object: Manifest = { ...resource?.props, apiVersion, kind };
    if (kind === "Job") object.spec.template.spec.restartPolicy = "Never";
    // Those of policies about tokens are in no namespace of tenants.
    if (!isTenants(policy)) object.metadata = { ...object.metadata, namespace: namespaces.apps };
    return [{ what: mutation.what, object, isAllowed }];
  });
}
