import assert from "node:assert/strict";
import { differences } from "../../../commands/policy/differences";
import { policies } from "../../../policies/policies";
import { allCases, changed } from "./support/all-cases";
import { Pack, type PackConfig, type Resource, secret, unknownText } from "./support/pack";
import { wiredDeployment } from "./support/stacks";

const remediable = policies.filter(({ remediateResource }) => remediateResource).map(({ name }) => name);
const all = allCases().filter(({ policy }) => remediable.includes(policy));
const atRemediate = (policy: string, config: PackConfig = {}): PackConfig => ({
  ...config,
  [policy]: { ...config[policy], enforcementLevel: "remediate" },
});

describe("remediation", function () {
  this.timeout(60_000);
  let pack: Pack;

  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  it("is for what has one remedy", () =>
    assert.deepEqual(remediable, ["tenant-labels", "token-audience", "token-wiring", "token-automount"]));

  it("is asked for: at any other level nothing is corrected", async () => {
    for (const { policy, compliant, config, mutations } of all) {
      const stack = changed(compliant, mutations.find(({ corrects }) => corrects) ?? assert.fail());
      assert.deepEqual(await pack.remediate(stack, config ?? {}), stack, policy);
    }
  });

  for (const { policy, compliant, config, mutations } of all) {
    describe(policy, () => {
      const level = atRemediate(policy, config);

      for (const mutation of mutations) {
        const { what, corrects, says } = mutation;
        it(`${corrects ? "corrects" : "leaves to the check"} ${what}`, async () => {
          const stack = changed(compliant, mutation);
          const corrected = await pack.remediate(stack, level);
          const changes = stack.flatMap(({ props }, index) => differences(props, corrected[index]?.props));
          const said = await pack.analyze(corrected, level);
          if (corrects) {
            assert.deepEqual(said, []);
            assert.equal(changes.length, 1, JSON.stringify(changes));
            assert.match(changes[0]?.path ?? "", corrects);
          } else {
            assert.deepEqual(changes, []);
            const own = said.filter((one) => one.policy === policy);
            assert.ok(own.some(({ message }) => says.test(message)));
            for (const one of own) assert.equal(one.level, "mandatory");
          }
        });
      }
    });
  }

  it("keeps what is secret secret, and what is not known yet unknown", async () => {
    const [account, web] = wiredDeployment() as [Resource, Resource];
    // biome-ignore lint/suspicious/noExplicitAny: a test may write anything
    const { spec } = structuredClone(web.props) as any;
    const { serviceAccountToken } = spec.template.spec.volumes[0].projected.sources[0];
    delete serviceAccountToken.audience;
    spec.template.metadata.annotations = secret({ note: "none of anybody's business" });
    spec.template.spec.nodeName = unknownText;
    spec.template.spec.volumes[0] = secret(spec.template.spec.volumes[0]);
    const stack = [account, { ...web, props: { ...web.props, spec } }];
    const before = structuredClone(stack);
    const corrected = await pack.remediate(stack, atRemediate("token-audience"));
    assert.notDeepEqual(corrected, before);
    serviceAccountToken.audience = "nats";
    assert.deepEqual(corrected, stack);
  });

  it("leaves alone what depends on what is not known yet", async () => {
    for (const { policy, compliant, config, undecided = [] } of all) {
      for (const change of undecided) {
        const stack = changed(compliant, change);
        assert.deepEqual(await pack.remediate(stack, atRemediate(policy, config)), stack, `${policy}: ${change.what}`);
      }
    }
  });
});
