import assert from "node:assert/strict";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { RandomProvider } from "../../../../../local/plugins/random/provider";
import { decodeProperties, encodeProperties, stripSecrets, Unknown } from "../../../../../local/plugins/rpc/values";

async function created(provider: RandomProvider, preview: boolean) {
  const request = new proto.CreateRequest();
  request.setUrn("urn:pulumi:dev::nats-platform::random:index/randomPassword:RandomPassword::key");
  request.setProperties(encodeProperties({ length: 40 }));
  request.setPreview(preview);
  const response = await provider.create(request);
  return { id: response.getId(), result: stripSecrets(decodeProperties(response.getProperties()).result ?? null) };
}

describe("RandomProvider", () => {
  it("knows no value before the update, as the official one", async () => {
    const { id, result } = await created(new RandomProvider("4.0.0"), true);
    assert.equal(id, "");
    assert.ok(result instanceof Unknown);
  });

  it("previews values where that is asked for, which no update has", async () => {
    const provider = new RandomProvider("4.0.0", true);
    const [previewed, updated] = [await created(provider, true), await created(provider, false)];
    assert.equal(previewed.id, "");
    assert.equal(String(previewed.result).length, 40);
    assert.equal(String(updated.result).length, 40);
    assert.notEqual(previewed.result, updated.result);
  });
});
