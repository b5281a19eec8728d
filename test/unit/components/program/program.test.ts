import assert from "node:assert/strict";
import { Program } from "../../../../components/program/program";
import { recordResources, settled } from "../../support/mocks";

describe("Program", () => {
  it("keeps its code in a ConfigMap that is named after it and cannot be changed", async () => {
    const registered = recordResources();
    new Program("p", {
      program: "counter",
      namespace: "nats",
      labels: { a: "b" },
      image: "node:1",
      code: Promise.resolve("console.log(1)"),
    });
    await settled();
    const [configMap] = registered.filter(({ type }) => type.endsWith(":ConfigMap"));
    const { metadata, immutable, binaryData, data } = configMap?.inputs ?? {};
    assert.match((metadata as { name: string }).name, /^counter-[0-9a-f]{10}$/);
    assert.deepEqual((metadata as { labels: object }).labels, { a: "b" });
    assert.equal(immutable, true);
    assert.deepEqual(Object.keys(binaryData as object), ["program.cjs.br"]);
    assert.equal(data, undefined);
  });

  it("runs it as a restricted pod without a token", async () => {
    recordResources();
    const program = new Program("p", { program: "counter", namespace: "nats", labels: {}, image: "node:1", code: "1" });
    const spec = program.podSpec({ secrets: { "/creds": "nats-creds" }, resources: {} });
    assert.equal(spec.automountServiceAccountToken, false);
    const [container] = spec.containers as { volumeMounts: object[]; command: string[] }[];
    assert.deepEqual(container?.volumeMounts, [
      { name: "program", mountPath: "/program", readOnly: true },
      { name: "secret-0", mountPath: "/creds", readOnly: true },
    ]);
    assert.equal(container?.command[0], "node");
    await settled();
  });
});
