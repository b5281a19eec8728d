import assert from "node:assert/strict";
import type { StackReport } from "../../../../commands/policy/check";
import { formatReports, isClean } from "../../../../commands/policy/table";

const urn = "urn:pulumi:dev::nats-platform::app:Web$kubernetes:apps/v1:Deployment::web";
const report: StackReport = {
  stack: "dev",
  from: "nothing",
  resources: 3,
  violations: [],
  corrections: [
    {
      policy: "token-audience",
      urn,
      changes: [
        { path: "spec.audience", before: undefined, after: "nats" },
        { path: "spec.readOnly", before: false, after: true },
      ],
    },
  ],
  undecided: [],
  seconds: 1,
};

describe("the table of policy reports", () => {
  it("says what the project's file changes, and which stacks nothing is said of", () => {
    const text = formatReports([report, { ...report, stack: "prod", error: "no chart" }], ["all: disabled"]);
    assert.match(text, /\npolicy-config\.json changes what they ask for:\n {2}all: disabled\n/);
    assert.match(
      text,
      /\n0 of 2 stacks do not hold what the policies ask for; 1 cannot be previewed, and nothing is said of it\n$/,
    );
  });

  it("has what was corrected, field by field, which is no violation", () => {
    assert.ok(isClean(report));
    assert.equal(
      formatReports([report]),
      `  stack  previewed from  resources  violations  advice  corrected  cannot tell
✓ dev    nothing         3          0           0       1          0

~ dev: token-audience (corrected)
  kubernetes:apps/v1:Deployment "web":
  spec.audience was missing, is "nats"
  spec.readOnly was false, is true

all 1 stacks hold what the policies ask for
`,
    );
  });

  it("has no figures where there was no preview", () => {
    const text = formatReports([{ ...report, corrections: [], error: "no cluster" }]);
    assert.match(text, /^✗ dev +nothing +- +- +- +- +-$/m);
    assert.match(text, /✗ dev: no preview\n {2}no cluster\n/);
  });
});
