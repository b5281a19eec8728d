import assert from "node:assert/strict";
import { overlapProblems } from "../../../../../commands/ctl/backup/overlap";

const stream = (name: string, ...subjects: string[]) => ({ name, subjects });

describe("subjects of streams that are restored", () => {
  it("may not be those of others", () => {
    const says = (subject: string) => [`${subject} of stream NEW overlaps with subjects of OLD`];
    for (const [subject, other] of [
      ["a.b", "a.b"],
      ["a.*", "a.b"],
      ["a.b", "*.b"],
      ["a.>", "a.b.c"],
      ["a.*.c", "a.b.>"],
    ] as const) {
      assert.deepEqual(overlapProblems([stream("NEW", "other", subject)], [stream("OLD", other)]), says(subject));
    }
    for (const [subject, other] of [
      ["a.b", "a.c"],
      ["a.*", "a.b.c"],
      ["a.>", "a"],
      ["a.*.c", "b.>"],
    ] as const) {
      assert.deepEqual(overlapProblems([stream("NEW", subject)], [stream("OLD", other)]), []);
    }
  });

  it("may not be those of each other, which is said once, and mirrors have none", () => {
    assert.deepEqual(overlapProblems([stream("A", "x.>"), stream("B", "x.y"), { name: "MIRROR" } as never], []), [
      "x.y of stream B overlaps with subjects of A",
    ]);
  });
});
