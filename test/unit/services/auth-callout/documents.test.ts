import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Metrics } from "../../../../services/auth-callout/metrics";

const read = (path: string) => readFileSync(join(__dirname, "../../../..", path), "utf8");

/** First cell of each row of the table below a heading, as far as it is one word of code. */
function firstCells(document: string, heading: string): string[] {
  const [, after = ""] = read(document).split(`\n${heading}\n`);
  const [section = ""] = after.split(/\n#+ /);
  return [...section.matchAll(/^\| `([\w-]+)(?:\{[\w,]+\})?` \|/gm)].map(([, cell = ""]) => cell);
}

describe("documents about the callout", () => {
  it("explain every reason of a refusal, and no other", () => {
    const reasons = [...read("services/auth-callout/denied.ts").matchAll(/^ {2}\| "([\w-]+)"/gm)].map(([, one]) => one);
    assert.equal(reasons.length, 16);
    assert.deepEqual(firstCells("docs/apps.md", "## When it does not work").sort(), reasons.sort());
  });

  it("explain every metric of its own, and no other", async () => {
    const { text } = await new Metrics().text({ connected: true, keyAgeSeconds: 1, caches: {} });
    const own = [...text.matchAll(/^# TYPE auth_callout_(\w+) /gm)].map(([, name]) => name);
    assert.equal(own.length, 6);
    assert.deepEqual(firstCells("docs/operations.md", "### Metrics of auth-callout").sort(), own.sort());
  });
});
