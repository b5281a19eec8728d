import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("docs/apps.md", () => {
  for (const [language, program] of [
    ["go", "clients/go/main.go"],
    ["python", "clients/python/main.py"],
  ] as const) {
    it(`quotes ${program} word by word`, () => {
      const quotes = [...read("docs/apps.md").matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))];
      assert.equal(quotes.length, 1);
      for (const [, quote = ""] of quotes) assert.ok(read(program).includes(quote), `not in ${program}:\n${quote}`);
    });
  }
});
