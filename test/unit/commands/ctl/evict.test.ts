import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { evict } from "../../../../commands/ctl/drain/evict";
import { podsOn, readNode, setCordoned } from "../../../../commands/ctl/drain/node";
import { UnusableError } from "../../../../commands/ctl/errors";

/** An answer of the API server. */
interface Answer {
  readonly code: number;
  readonly body: object;
}

const status = (code: number, message: string): Answer => ({ code, body: { kind: "Status", code, message } });
const ok = (body: object): Answer => ({ code: 200, body });

const budget = status(429, "Cannot evict pod as it would violate the pod's disruption budget.");
const pod: V1Pod = { metadata: { name: "nats-1", namespace: "nats", uid: "1" } };
const eviction = "POST /api/v1/namespaces/nats/pods/nats-1/eviction";
const look = "GET /api/v1/namespaces/nats/pods/nats-1";

describe("draining, as the API server sees it", () => {
  let server: Server;
  let config: KubeConfig;
  let answers: Record<string, Answer[]>;
  let asked: { readonly what: string; readonly body: string }[];

  before(async () => {
    server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const what = `${request.method} ${request.url}`;
      asked.push({ what, body });
      const known = answers[what] ?? [];
      const answer = (known.length > 1 ? known.shift() : known[0]) ?? status(404, `${what} not found`);
      response.writeHead(answer.code, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    config = new KubeConfig();
    config.loadFromClusterAndUser({ name: "test", server: url, skipTLSVerify: true }, { name: "test" });
  });

  beforeEach(() => {
    answers = {};
    asked = [];
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const said: string[] = [];
  const options = (ms = 30_000) => ({ say: (text: string) => void said.push(text), deadline: Date.now() + ms });

  it("evicts this very pod, waits until it is gone, and says so", async () => {
    answers = { [eviction]: [ok({ kind: "Status", status: "Success" })], [look]: [ok(pod), status(404, "gone")] };
    await evict(config, pod, options());
    const [request] = asked;
    assert.equal(request?.what, eviction);
    assert.deepEqual(JSON.parse(request?.body ?? "").deleteOptions, { preconditions: { uid: "1" } });
    assert.equal(said.at(-1), "nats/nats-1 is gone");
  });

  it("asks again while a budget refuses, and says why once", async () => {
    said.length = 0;
    answers = { [eviction]: [budget, budget, ok({})], [look]: [status(404, "gone")] };
    await evict(config, pod, options());
    assert.equal(asked.filter(({ what }) => what === eviction).length, 3);
    assert.deepEqual(said, [
      "nats/nats-1 waits: Cannot evict pod as it would violate the pod's disruption budget.",
      "nats/nats-1 is gone",
    ]);
  });

  it("gives up past its time, with what it waited for", async () => {
    answers = { [eviction]: [budget] };
    await assert.rejects(evict(config, pod, options(-1)), /nats\/nats-1 is still there: .*disruption budget/);
  });

  it("takes one that is gone, or another pod by now, for evicted", async () => {
    answers = { [eviction]: [status(409, "uid")], [look]: [ok({ metadata: { ...pod.metadata, uid: "2" } })] };
    await evict(config, pod, options());
    answers = {};
    await evict(config, pod, options());
  });

  it("fails with the API server's reason when it may not", async () => {
    answers = { [eviction]: [status(403, "pods/eviction is forbidden")] };
    await assert.rejects(evict(config, pod, options()), /nats\/nats-1 cannot be evicted: pods\/eviction is forbidden/);
  });

  it("names the nodes there are when there is none of the name", async () => {
    answers = { "GET /api/v1/nodes": [ok({ items: [{ metadata: { name: "node-1" } }] })] };
    await assert.rejects(readNode(config, "nope"), (error: Error) => {
      assert.ok(error instanceof UnusableError);
      assert.equal(error.message, 'there is no node "nope"; there are: node-1');
      return true;
    });
  });

  it("cordons by changing that alone, and lists the pods of the node alone", async () => {
    answers = {
      "PATCH /api/v1/nodes/node-1": [ok({})],
      "GET /api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1": [ok({ items: [pod] })],
    };
    await setCordoned(config, "node-1", true);
    assert.deepEqual(JSON.parse(asked[0]?.body ?? ""), { spec: { unschedulable: true } });
    assert.deepEqual(
      (await podsOn(config, "node-1")).map(({ metadata }) => metadata?.name),
      ["nats-1"],
    );
  });
});
