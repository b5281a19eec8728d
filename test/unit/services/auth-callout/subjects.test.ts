import assert from "node:assert/strict";
import fc from "fast-check";
import { covers, readSubjects } from "../../../../services/auth-callout/subjects";
import { everySubject, matches } from "./matching";

describe("subjects of annotations", () => {
  const read = (text: string) => readSubjects(text).subjects;

  it("are separated by commas, spaces around them do not count, and each counts once", () => {
    assert.deepEqual(readSubjects(" orders.> ,invoices.*.paid,, orders.>\n,a"), {
      subjects: ["orders.>", "invoices.*.paid", "a"],
      problems: [],
    });
  });

  it("may hold signs, and braces of no kind", () => {
    assert.deepEqual(read("$KV.x.>,a-b_c/d=e:f,#1"), ["$KV.x.>", "a-b_c/d=e:f", "#1"]);
    for (const text of ["{{name()}}.>", "a{b", 'a"b', "a\\b"]) assert.deepEqual(read(text), [], text);
  });

  for (const empty of ["", " ", ",", " , ,\n"]) {
    it(`are missed in ${JSON.stringify(empty)}`, () => {
      assert.deepEqual(readSubjects(empty), {
        subjects: [],
        problems: ["is empty: name subjects separated by commas, or leave the annotation out"],
      });
    });
  }

  it("are at most 100; the rest is told", () => {
    const names = Array.from({ length: 103 }, (_, index) => `s${index}`);
    const { subjects, problems } = readSubjects(names.join(","));
    assert.deepEqual(subjects, names.slice(0, 100));
    assert.deepEqual(problems, ["names 103 subjects; only the first 100 count"]);
    assert.deepEqual(readSubjects(names.slice(0, 100).join(",")).problems, []);
  });

  it("have at most 256 characters, and a longer one is not told whole", () => {
    assert.deepEqual(readSubjects("a".repeat(256)).problems, []);
    assert.deepEqual(readSubjects(`ok,${"a".repeat(257)}`), {
      subjects: ["ok"],
      problems: [`"${"a".repeat(40)}…" has 257 characters; at most 256 are taken`],
    });
  });

  const odd: [string, RegExp][] = [
    ["a b", /^"a b" is not a subject: letters, digits and signs, no spaces/],
    ["a\tb", /no spaces/],
    ["ordérs", /letters, digits and signs/],
    ["a..b", /^"a\.\.b" is not a subject: tokens between single dots/],
    [".a", /single dots/],
    ["a.", /single dots/],
    [">.a", /">" only at the end/],
    ["a.>.b", /">" only at the end/],
    ["a*", /^"a\*" is not a subject: \* and > stand for whole tokens/],
    ["a.b>", /stand for whole tokens/],
    ["**", /stand for whole tokens/],
  ];
  for (const [text, problem] of odd) {
    it(`are not ${JSON.stringify(text)}, which is told, and the others count`, () => {
      const { subjects, problems } = readSubjects(`x,${text},y`);
      assert.deepEqual(subjects, ["x", "y"]);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("are subjects, whatever the text", () => {
    const piece = fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.constantFrom(">", "*", ".", ",", "a", " "));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
        (text) => {
          const { subjects } = readSubjects(text);
          for (const subject of subjects) {
            const tokens = subject.split(".");
            if (tokens.at(-1) === ">") tokens.pop();
            assert.ok(
              tokens.every((token) => /^(\*|[^\s.,*>{}"\\]+)$/.test(token) && /^[!-~]+$/.test(token)),
              subject,
            );
            assert.ok(text.includes(subject));
          }
        },
      ),
    );
  });
});

describe("covers", () => {
  const cases: [string, string, boolean][] = [
    ["orders.>", "orders.new", true],
    ["orders.>", "orders.*", true],
    ["orders.>", "orders.>", true],
    ["orders.>", "orders", false],
    ["orders.>", "orders2.new", false],
    ["orders.>", ">", false],
    ["orders.>", "*.new", false],
    ["orders.*", "orders.>", false],
    ["orders.*", "orders.*", true],
    ["orders.*", "orders.new.eu", false],
    ["*", ">", false],
    ["*.>", ">", false],
    [">", "*", true],
    [">", ">", true],
    ["orders", "Orders", false],
  ];
  for (const [pattern, subject, expected] of cases) {
    it(`${pattern} ${expected ? "covers" : "does not cover"} ${subject}`, () => {
      assert.equal(covers(pattern, subject), expected);
    });
  }

  it("says what matching subject by subject says", () => {
    // One letter more than patterns have, and one token more than they are long: `*` and `>` are told from names and from each other.
    const universe = everySubject(["a", "b", "c"]);
    const token = fc.constantFrom("a", "b", "*");
    const pattern = fc
      .tuple(fc.array(token, { maxLength: 3 }), fc.boolean())
      .filter(([tokens, open]) => tokens.length > 0 || open)
      .map(([tokens, open]) => (open ? [...tokens.slice(0, 2), ">"] : tokens).join("."));
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        const byEach = universe.filter((one) => matches(narrow, one)).every((one) => matches(wide, one));
        assert.equal(covers(wide, narrow), byEach);
      }),
      { numRuns: 2_000 },
    );
  });
});
