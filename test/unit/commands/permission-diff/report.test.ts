import assert from "node:assert/strict";
import type { Change } from "../../../../commands/permission-diff/change";
import { type Comparison, compareSides } from "../../../../commands/permission-diff/compare";
import { quoted } from "../../../../commands/permission-diff/markdown";
import type { SideFacts, StackFacts } from "../../../../commands/permission-diff/program/facts";
import { formatComparison } from "../../../../commands/permission-diff/report";

const nothing: Comparison = { widens: [], narrows: [], presences: [], gaps: [], stacks: ["dev"] };
const sides = { base: "main (abc)", head: "work tree" };
const change = (what: string, effect: Change["effect"] = "widens"): Change => {
  return { effect, stack: "dev", who: "role app", what, before: "nothing", after: what };
};

describe("the report of a permission diff", () => {
  it("says in one line that nothing changes", () => {
    assert.equal(
      formatComparison(nothing, sides),
      "**Permission diff**: nothing changes (`main (abc)` → `work tree`, 1 stack).\n",
    );
  });

  it("has what widens first, then what narrows, what is new, and what could not be evaluated", () => {
    const text = formatComparison(
      {
        ...nothing,
        widens: [change("a")],
        narrows: [change("b", "narrows")],
        presences: [{ side: "new", stack: "dev", who: "user x", what: "role admin" }],
        gaps: ["head: stack prod: it fails"],
      },
      sides,
    );
    assert.equal(
      text,
      `## Permission diff

\`main (abc)\` → \`work tree\`, 1 stack.

### Widens (1)

| stack | who | what | before → after |
| --- | --- | --- | --- |
| \`dev\` | \`role app\` | \`a\` | \`nothing\` → \`a\` |

### Narrows (1)

| stack | who | what | before → after |
| --- | --- | --- | --- |
| \`dev\` | \`role app\` | \`b\` | \`nothing\` → \`b\` |

### New and removed (1)

|  | stack | who | what |
| --- | --- | --- | --- |
| new | \`dev\` | \`user x\` | \`role admin\` |

### Not evaluated (1)

| what, and why |
| --- |
| \`head: stack prod: it fails\` |
`,
    );
  });

  it("says that nothing widens where something else changes", () => {
    assert.match(formatComparison({ ...nothing, gaps: ["x"] }, sides), /### Widens \(0\)\n\nNothing widens\./);
  });

  it("fits into a comment, keeps what widens, and says how much is missing", () => {
    const widens = Array.from({ length: 300 }, (_, index) => change(`gain.${index}`));
    const narrows = Array.from({ length: 3_000 }, (_, index) => change(`loss.${index}`, "narrows"));
    const text = formatComparison({ ...nothing, widens, narrows }, sides);
    assert.ok(text.length < 65_536, String(text.length));
    for (const { what } of widens) assert.ok(text.includes(`\`${what}\``), what);
    const shown = text.match(/\| `loss\.\d+` \|/g)?.length ?? 0;
    assert.ok(shown > 100);
    assert.ok(text.includes(`**${3_000 - shown} more, for which there is no room here**`));
    assert.match(text, /### Narrows \(3000\)/);
  });
});

describe("a stranger's text in the report", () => {
  const evil = [
    "a`|<img src=x>|`b",
    "line\n\n## Approved\n",
    "a\\",
    "@everyone [x](http://x)",
    "\u202eright to left\u200b",
    "``` ```",
    "",
  ];
  for (const text of evil) {
    it(`is code in one cell: ${JSON.stringify(text)}`, () => {
      const cell = quoted(text);
      assert.match(cell, /^`[ -_a-~]+`$/, "one piece of code, of what can be seen");
      assert.doesNotMatch(cell.slice(1, -1), /[`|]/);
      assert.doesNotMatch(cell.replaceAll("\\u{", ""), /\\/);
    });
  }

  it("is cut where it is long, and says so", () => {
    assert.match(quoted("x".repeat(1_000)), /^`x{240}` and 760 characters more$/);
  });
});

describe("the comparison of two sides", () => {
  const stack = (name: string, rest: Partial<StackFacts> = {}): StackFacts => {
    return { name, environment: "dev", resources: [], ...rest };
  };
  const side = (...stacks: StackFacts[]): SideFacts => ({ stacks, apps: [], gaps: [], policies: {} });
  const open = {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "open",
    inputs: { metadata: { name: "open", namespace: "ns" }, spec: { podSelector: {}, ingress: [{}] } },
  };
  const deny = { ...open, inputs: { ...open.inputs, spec: { podSelector: {} } } };

  it("tells of a stack that one side alone has as a whole", () => {
    const { widens, presences } = compareSides(side(stack("dev")), side(stack("dev"), stack("dev-tenant-x")));
    assert.deepEqual(widens, []);
    assert.deepEqual(
      presences.map(({ side: of, stack: name, who }) => [of, name, who]),
      [["new", "dev-tenant-x", "the whole stack"]],
    );
  });

  it("tells of policies that ask for something else", () => {
    const [before, after] = [side(stack("dev")), side(stack("dev"))];
    const policies = { "tenant-exposure": "advisory", "tenant-ingress": { tenantLabel: "t" } };
    assert.deepEqual(compareSides({ ...before, policies }, { ...after, policies: structuredClone(policies) }).gaps, []);
    assert.deepEqual(compareSides(before, { ...after, policies }).gaps, [
      'policy-config.json: tenant-exposure is "advisory", was the pack\'s default',
      'policy-config.json: tenant-ingress is {"tenantLabel":"t"}, was the pack\'s default',
    ]);
    assert.deepEqual(compareSides({ ...before, policies }, after).gaps.length, 2);
  });

  it("leaves out on both sides what one cannot run, and says why", () => {
    const failing = stack("dev-tenant-x", { error: "two\nlines" });
    const { widens, presences, gaps } = compareSides(
      side(stack("dev", { resources: [deny] }), stack("dev-tenant-x", { resources: [deny] })),
      side(stack("dev", { resources: [open] }), failing),
    );
    assert.deepEqual(gaps, ["head: stack dev-tenant-x: two lines"]);
    assert.deepEqual(presences, []);
    assert.deepEqual(
      widens.map(({ what }) => what),
      ["ingress from everyone (ns/open)"],
    );
  });

  it("says nothing of apps whose tenant's stack one side cannot run", () => {
    const app = {
      stack: "dev",
      tenant: "x",
      tenantStack: "dev-tenant-x",
      namespace: "n",
      serviceAccount: "s",
      publish: [],
      subscribe: [],
    };
    const before = { ...side(stack("dev"), stack("dev-tenant-x")), apps: [app] };
    const { presences } = compareSides(before, side(stack("dev"), stack("dev-tenant-x", { error: "no" })));
    assert.deepEqual(presences, []);
    assert.equal(compareSides(before, side(stack("dev"), stack("dev-tenant-x"))).presences.length, 1);
  });

  it("says which charts are others, because what they come to is not looked at", () => {
    const chart = (values: object) =>
      stack("dev", { resources: [{ type: "kubernetes:helm.sh/v4:Chart", name: "nats", inputs: { values } }] });
    assert.deepEqual(compareSides(side(chart({})), side(chart({}))).gaps, []);
    assert.deepEqual(compareSides(side(chart({})), side(chart({ leafnodes: true }))).gaps, [
      "stack dev: Chart nats is not the same on both sides; what it comes to is not looked at",
    ]);
  });

  it("tells once what neither side can run", () => {
    const failing = stack("prod", { error: "no" });
    assert.deepEqual(compareSides(side(failing), side(failing)).gaps, ["both sides: stack prod: no"]);
  });

  it("is the same whatever order the program registers in", () => {
    const other = { ...open, inputs: { ...open.inputs, metadata: { name: "other", namespace: "ns" } } };
    const run = (...resources: StackFacts["resources"]) =>
      compareSides(side(stack("dev", { resources: [deny] })), side(stack("dev", { resources })));
    assert.deepEqual(run(open, other), run(other, open));
    assert.equal(run(open, other).widens.length, 2);
  });
});
