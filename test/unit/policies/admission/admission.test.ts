import assert from "node:assert/strict";
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { bindings } from "../../../../policies/admission/bindings";
import { hostAccess } from "../../../../policies/admission/host-access";
import { podRules, podVariables } from "../../../../policies/admission/pods";
import { type OwnerSettings, tenantLabels } from "../../../../policies/admission/tenant-labels";
import { tokenSecrets } from "../../../../policies/admission/token-secrets";
import { tokens } from "../../../../policies/admission/tokens";
import { hostFields } from "../../../../policies/isolation/host-fields";
import { type LabelPlace, labelPlaces } from "../../../../policies/isolation/label-places";
import { tenantHostAccess } from "../../../../policies/isolation/tenant-host-access";
import { tenantLabels as labelPolicy } from "../../../../policies/isolation/tenant-labels";
import { containerLists, templatePaths } from "../../../../policies/kernel/pods";
import type { RefusedField } from "../../../../policies/kernel/refused-field";
import { tokenAudience } from "../../../../policies/tokens/token-audience";
import { tokenLifetime } from "../../../../policies/tokens/token-lifetime";

const owners: OwnerSettings = {
  tenantLabel: "tenant-id",
  tenantNamespaceLabel: "nats-platform/tenant",
  mapping: [],
  named: { namespace: "vrsky-tenants", prefix: "nats-" },
};

/** What a policy of the pack says of a Deployment. */
function said(policy: ResourceValidationPolicy, props: object, settings: object): string[] {
  const messages: string[] = [];
  const args = { urn: "u", type: "kubernetes:apps/v1:Deployment", name: "web", props, opts: { protect: false } };
  const getConfig = () => settings;
  const { validateResource } = policy;
  assert.ok(typeof validateResource === "function");
  validateResource({ ...args, getConfig } as unknown as ResourceValidationArgs, (message) => messages.push(message));
  return messages;
}

/** Changes a list of definitions while something is done. */
function withAdded<Item>(list: readonly Item[], item: Item, use: () => void): void {
  const items = list as Item[];
  items.push(item);
  try {
    use();
  } finally {
    items.pop();
  }
}

const deployment = (template: object, metadata: object = {}) => ({
  metadata: { name: "web", namespace: "vrsky-tenants", ...metadata },
  spec: { selector: { matchLabels: { "tenant-id": "acme" } }, template },
});
const tenancy = { tenantLabel: "tenant-id", namespaces: ["vrsky-tenants"] };

describe("policies at admission, from the pack's definitions", () => {
  const added: Readonly<Record<keyof typeof hostFields, object>> = {
    pod: { made: true },
    container: { containers: [{ name: "c", made: true }] },
    volume: { volumes: [{ name: "v", made: true }] },
    port: { containers: [{ name: "c", ports: [{ made: true }] }] },
  };
  for (const [place, spec] of Object.entries(added) as [keyof typeof hostFields, object][]) {
    it(`refuses a field of a ${place} in previews and at admission as soon as it is defined`, () => {
      const labels = { "tenant-id": "acme" };
      const look = () => said(tenantHostAccess, deployment({ metadata: { labels }, spec }), tenancy);
      const expressions = () => hostAccess().validations.filter(({ expression }) => expression.includes(".?made"));
      const field: RefusedField = { path: ["made"], type: "flag", remedy: "Unmake it." };
      assert.deepEqual([look(), expressions()], [[], []]);
      withAdded(hostFields[place], field, () => {
        assert.match(look().join(), /made is true; must be false\. Unmake it\./);
        assert.match(expressions()[0]?.messageExpression ?? "", /must be false\. Unmake it\./);
      });
    });
  }

  it("asks for the tenant's id in a place in previews and at admission as soon as it is defined", () => {
    const place: LabelPlace = { path: ["spec", "made"], kinds: ["Deployment"], need: "always", isSelector: true };
    const labels = { "tenant-id": "acme" };
    const look = () => said(labelPolicy, deployment({ metadata: { labels } }, { labels }), tenancy);
    const expressions = () =>
      tenantLabels(owners).validations.filter(({ expression }) => expression.includes(".?made"));
    assert.deepEqual([look(), expressions()], [[], []]);
    withAdded(labelPlaces, place, () => {
      assert.match(look().join(), /spec\.made\.tenant-id is missing; must be "acme"/);
      assert.match(expressions()[0]?.expression ?? "", /object\.kind in \['Deployment'\]/);
    });
  });

  it("asks for the audience and the longest life that it is told, as the pack's policies do", () => {
    const serviceAccountToken = { audience: "it's", path: "t", expirationSeconds: 1_000 };
    const volumes = [{ name: "t", projected: { sources: [{ serviceAccountToken }] } }];
    const labels = { "nats-platform/client": "true" };
    const object = deployment({ metadata: { labels }, spec: { volumes, containers: [] } });
    for (const [settings, isRight] of [
      [{ audience: "it's", maxSeconds: 1_000 }, true],
      [{ audience: "other", maxSeconds: 999 }, false],
    ] as const) {
      const found = [...said(tokenAudience, object, settings), ...said(tokenLifetime, object, settings)];
      assert.equal(found.length === 0, isRight, found.join());
      const [, audience, life] = tokens(settings).validations;
      const quoted = settings.audience.replace("'", "\\'");
      assert.ok(audience?.expression.includes(`'${quoted}'`));
      assert.ok(audience?.messageExpression.includes(`must be exactly \\"${settings.audience}\\"`));
      assert.ok(life?.messageExpression.includes(`must be from 600 to ${settings.maxSeconds}`));
      assert.match(life?.expression ?? "", new RegExp(`< 600 .*> ${settings.maxSeconds}\\b`));
    }
  });

  it("knows the tenant by the first entry that fits, then by the namespace's label", () => {
    const mapping = [
      { namespace: "shop", serviceAccount: "web", tenant: "acme" },
      { namespace: "shop", tenant: "globex" },
    ];
    const { variables = [] } = tenantLabels({ ...owners, mapping });
    const { expression = "" } = variables.find(({ name }) => name === "tenant") ?? {};
    const parts = ["variables.account == 'web') ? 'acme'", "request.namespace == 'shop' ? 'globex'", "namespaceObject"];
    const places = parts.map((part) => expression.indexOf(part));
    assert.ok(!places.includes(-1), expression);
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
  });

  it("looks at every kind that makes pods, at containers for debugging, at what a status brings, and at all lists of containers", () => {
    const resources = podRules.flatMap((rule) => rule.resources);
    const expected = Object.keys(templatePaths).map((kind) => `${kind.toLowerCase()}s`);
    assert.deepEqual(resources.toSorted(), [...expected, "pods/ephemeralcontainers", "pods/status"].toSorted());
    const text = podVariables.map(({ expression }) => expression).join("\n");
    for (const list of containerLists) assert.ok(text.includes(`.?${list}.`), list);
  });

  it("fails closed, and tells what is accepted and what to do", () => {
    const all = [
      hostAccess(),
      tenantLabels(owners),
      bindings("tenant-id"),
      tokens({ audience: "nats", maxSeconds: 7_200 }),
      tokenSecrets(),
    ];
    for (const { failurePolicy, validations } of all) {
      assert.equal(failurePolicy, "Fail");
      for (const { message } of validations) assert.match(message, /^must .+\. .+\.$/);
    }
  });
});
