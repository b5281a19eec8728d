import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultImages } from "../../../../components/images";

describe("the callout's Dockerfile", () => {
  it("names the Node that programs run on without an image of their own", () => {
    const text = readFileSync(join(__dirname, "../../../../services/auth-callout/Dockerfile"), "utf8");
    assert.deepEqual(new Set(text.match(/\bnode:[\w.-]+/g)), new Set([defaultImages.node]));
  });
});
