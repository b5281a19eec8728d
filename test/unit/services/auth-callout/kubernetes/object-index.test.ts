import assert from "node:assert/strict";
import type { KubernetesObject } from "@kubernetes/client-node";
import { ObjectIndex } from "../../../../../services/auth-callout/kubernetes/object-index";

describe("objects by name", () => {
  it("are found by namespace and name, as they were when they last changed", () => {
    let items: KubernetesObject[] = [{ metadata: { namespace: "shop", name: "web" } }, { metadata: { name: "shop" } }];
    let listed = 0;
    const index = new ObjectIndex(() => {
      listed += 1;
      return items;
    });
    assert.equal(index.get("shop", "web"), items[0]);
    assert.equal(index.get("", "shop"), items[1]);
    assert.equal(index.get("bank", "web"), undefined);
    assert.equal(index.get("", "shop/web"), undefined);
    assert.equal(listed, 1, "they are indexed once");
    items = [];
    index.invalidate();
    assert.equal(index.get("shop", "web"), undefined);
    assert.equal(index.size, 0);
  });
});
