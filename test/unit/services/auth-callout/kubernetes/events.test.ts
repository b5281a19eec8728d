import assert from "node:assert/strict";
import { ApiException, type CoreV1Event, type KubeConfig, type V1ServiceAccount } from "@kubernetes/client-node";
import { AnnotationEvents } from "../../../../../services/auth-callout/kubernetes/events";
import { RecordedLog } from "../logs";

const annotated = (name = "web", annotations: Record<string, string> = { "nats.io/x": "a" }): V1ServiceAccount => ({
  metadata: { name, namespace: "shop", uid: `uid of ${name}`, annotations },
});

describe("events about annotations", () => {
  let created: { namespace: string; body: CoreV1Event }[];
  let answer: () => Promise<unknown>;
  let problems: readonly string[];
  let log: RecordedLog;
  let looked: string[];
  let events: AnnotationEvents;

  const newEvents = () => {
    const api = {
      createNamespacedEvent: (request: { namespace: string; body: CoreV1Event }) => {
        created.push(request);
        return answer();
      },
    };
    return new AnnotationEvents({ makeApiClient: () => api } as unknown as KubeConfig, log, ({ metadata }) => {
      looked.push(metadata?.name ?? "");
      return problems;
    });
  };
  beforeEach(() => {
    created = [];
    answer = async () => ({});
    problems = ["annotation nats.io/x is not known"];
    log = new RecordedLog();
    looked = [];
    events = newEvents();
  });

  it("tell what is wrong, at the ServiceAccount, as a warning", async () => {
    await events.look([annotated()]);
    const [{ namespace, body }] = created as [(typeof created)[0]];
    const { firstTimestamp, lastTimestamp, metadata, ...rest } = body;
    assert.equal(namespace, "shop");
    assert.match(metadata.name ?? "", /^web\.[0-9a-f]{16}$/);
    assert.equal(metadata.namespace, "shop");
    assert.ok(firstTimestamp && firstTimestamp === lastTimestamp);
    assert.deepEqual(rest, {
      involvedObject: { apiVersion: "v1", kind: "ServiceAccount", name: "web", namespace: "shop", uid: "uid of web" },
      type: "Warning",
      reason: "NatsAnnotation",
      message: "annotation nats.io/x is not known",
      source: { component: "auth-callout" },
      reportingComponent: "nats-platform/auth-callout",
      reportingInstance: "auth-callout",
      count: 1,
    });
  });

  it("are told once for each state, and again for another; every replica gives them the same name", async () => {
    await events.look([annotated()]);
    await events.look([annotated()]);
    await newEvents().look([annotated()]);
    problems = ["another"];
    await events.look([annotated()]);
    const names = created.map(({ body }) => body.metadata.name);
    assert.equal(names.length, 3);
    assert.equal(names[0], names[1]);
    assert.notEqual(names[0], names[2]);
  });

  it("are none where nothing is wrong, or no annotation is about NATS", async () => {
    problems = [];
    await events.look([
      annotated(),
      annotated("other", { "prometheus.io/scrape": "true" }),
      { metadata: { name: "bare" } },
    ]);
    assert.deepEqual([created, looked, log.lines], [[], ["web"], []]);
  });

  it("are not written twice when another replica was faster", async () => {
    answer = () => Promise.reject(new ApiException(409, "Conflict", "{}", {}));
    await events.look([annotated()]);
    await events.look([annotated()]);
    assert.equal(created.length, 1);
    assert.equal(log.lines.length, 1);
  });

  it("are tried again when the API server did not take them, and others are told all the same", async () => {
    answer = () => Promise.reject(new ApiException(403, "Forbidden", '{"message":"no right"}', {}));
    await events.look([annotated("one"), annotated("two")]);
    answer = async () => ({});
    await events.look([annotated("one"), annotated("two")]);
    await events.look([annotated("one"), annotated("two")]);
    assert.equal(created.length, 4);
    assert.equal(log.lines.find(({ message }) => message === "cannot write an event")?.reason, "no right");
  });

  it("fit, however much is wrong and however long the name is", async () => {
    problems = Array.from({ length: 100 }, (_, index) => `annotation nats.io/number-${index} is not known`);
    await events.look([annotated(`${"a".repeat(199)}.${"b".repeat(53)}`)]);
    const { message = "", metadata } = created[0]?.body ?? assert.fail();
    assert.ok(message.length <= 1_000 && message.endsWith("…"));
    assert.match(metadata.name ?? "", /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    assert.ok((metadata.name ?? "").length <= 253);
  });
});
