import assert from "node:assert/strict";
import fc from "fast-check";
import { gained } from "../../../../commands/permission-diff/nats/subject-sets";
import type { Lists } from "../../../../policies/identity/subjects";
import { common, covers } from "../../../../services/auth-callout/subjects";

const allow = (...subjects: string[]): Lists => ({ allow: subjects, deny: [] });

describe("what a permission gains", () => {
  const cases: [string, Lists, Lists, string[]][] = [
    ["a subject", allow("a"), allow("a", "b"), ["b"]],
    ["nothing by what a wildcard had", allow("a.>"), allow("a.>", "a.b", "a.*.c"), []],
    ["a wildcard over what it had", allow("a.b"), allow("a.>"), ["a.>"]],
    ["one token more", allow("a.*"), allow("a.>"), ["a.>"]],
    ["nothing by less", allow("a.>"), allow("a.*"), []],
    ["nothing where lists cover it together", allow("a.*", "a.*.>"), allow("a.>"), []],
    ["what is not denied any more", { allow: [">"], deny: ["x.>"] }, allow(">"), ["x.>"]],
    ["only what of it was allowed", { allow: ["a.>"], deny: ["*.secret"] }, allow("a.>"), ["a.secret"]],
    ["what a narrower deny leaves", { allow: ["a.>"], deny: ["a.>"] }, { allow: ["a.>"], deny: ["a.b"] }, ["a.>"]],
    ["nothing by a deny", allow("a.>"), { allow: ["a.>"], deny: ["a.b"] }, []],
    ["nothing that is denied", allow("a"), { allow: ["a", "b"], deny: ["b"] }, []],
    ["everything, without a list", allow("a"), { allow: undefined, deny: [] }, [">"]],
    ["something after nothing", { allow: [], deny: [] }, allow("a"), ["a"]],
    ["a queue group", allow("a one"), allow("a one", "a two"), ["a two"]],
    ["nothing by a queue group of what it had", allow("a"), allow("a", "a one"), []],
    ["what is in every group", allow("a one"), allow("a"), ["a"]],
    ["a template", allow("{{tag(pub)}}"), allow("{{tag(pub)}}", "{{tag(sub)}}"), ["{{tag(sub)}}"]],
  ];
  for (const [what, before, after, gains] of cases) {
    it(`is ${what}`, () => assert.deepEqual(gained(before, after), gains));
  }

  const token = fc.constantFrom("a", "b", "*");
  const pattern = fc
    .tuple(fc.array(token, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([tokens, open]) => [...tokens, ...(open ? [">"] : [])].join("."));
  const lists = fc.record({
    allow: fc.array(pattern, { minLength: 1, maxLength: 4 }),
    deny: fc.array(pattern, { maxLength: 3 }),
  });
  const words = ["a", "b", "c"];
  const subjects = words.flatMap((one) => [
    one,
    ...words.flatMap((two) => [
      `${one}.${two}`,
      ...words.flatMap((three) => [`${one}.${two}.${three}`, ...words.map((four) => `${one}.${two}.${three}.${four}`)]),
    ]),
  ]);
  const allows = ({ allow: allowed = [">"], deny }: Lists, subject: string) =>
    allowed.some((one) => covers(one, subject)) && !deny.some((one) => covers(one, subject));

  it("misses no subject, and is empty where there is none", () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const gains = gained(before, after);
        const newly = subjects.filter((subject) => allows(after, subject) && !allows(before, subject));
        for (const subject of newly)
          assert.ok(
            gains.some((one) => covers(one, subject)),
            `${subject} in ${gains}`,
          );
        // Each gain has a subject that is one: four tokens, and a word that no pattern has, are enough for these patterns.
        for (const gain of gains)
          assert.ok(
            newly.some((subject) => covers(gain, subject)),
            gain,
          );
      }),
      { numRuns: 500 },
    );
  });
});

describe("what two patterns have in common", () => {
  const cases: [string, string, string | undefined][] = [
    ["a.*", "*.b", "a.b"],
    ["a.>", "*.b.c", "a.b.c"],
    [">", "a", "a"],
    ["a.>", "a", undefined],
    ["a.b", "a.c", undefined],
    ["a.>", "a.*.>", "a.*.>"],
  ];
  for (const [one, other, both] of cases) {
    it(`${one} and ${other}: ${both}`, () => {
      assert.equal(common(one, other), both);
      assert.equal(common(other, one), both);
    });
  }
});
