import assert from "node:assert/strict";
import { defaultImages } from "../../../components/images";

describe("defaultImages", () => {
  it("has the Node that this project pins", () => {
    assert.match(defaultImages.node, /^node:\d+\.\d+\.\d+-slim$/);
  });
});
