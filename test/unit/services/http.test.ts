import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import { connect } from "node:net";
import { json, serve } from "../../../services/http";

describe("HTTP interface of a service", () => {
  // An address of its own, so that nobody else has the port there.
  const address = `127.${90 + Math.floor(Math.random() * 20)}.${Math.floor(Math.random() * 250)}.1`;
  let server: Server;
  let reason: string | undefined = "not connected to NATS";
  let metrics = async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" });

  before(async () => {
    const more = {
      names: ["/more"],
      answer: (path: string, response: Parameters<typeof json>[0]) => {
        if (path === "/broken") throw new Error("it broke");
        if (path === "/more") json(response, 201, { path });
        return path === "/more";
      },
    };
    server = await serve(address, { notReady: () => reason, metricsText: () => metrics() }, more);
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`http://${address}:8080${path}`, { method });
    return [response.status, await response.text(), response.headers.get("content-type")];
  };
  const plain = "text/plain; charset=utf-8";

  it("is alive from the start", async () => {
    assert.deepEqual(await ask("/healthz"), [200, "ok\n", plain]);
  });

  it("says why it is not ready, until it is", async () => {
    assert.deepEqual(await ask("/readyz"), [503, "not connected to NATS\n", plain]);
    reason = undefined;
    assert.deepEqual(await ask("/readyz"), [200, "ok\n", plain]);
  });

  it("gives metrics as Prometheus takes them, and an error when there are none", async () => {
    assert.deepEqual(await ask("/metrics?name=up"), [200, "up 1\n", "text/plain; version=0.0.4"]);
    metrics = () => Promise.reject(new Error("no metrics"));
    assert.deepEqual(await ask("/metrics"), [500, "no metrics\n", plain]);
  });

  it("answers what is the service's own, and names all there is for what is not", async () => {
    assert.deepEqual(await ask("/more"), [201, '{"path":"/more"}\n', "application/json"]);
    assert.deepEqual(await ask("/broken"), [500, "it broke\n", plain]);
    for (const path of ["/", "/else", "/healthz/", "/metrics/x"]) {
      assert.deepEqual(await ask(path), [404, "there are /healthz, /readyz, /metrics, /more\n", plain], path);
    }
  });

  it("takes nothing", async () => {
    for (const method of ["POST", "PUT", "DELETE", "HEAD"]) {
      assert.equal((await ask("/healthz", method))[0], 405, method);
    }
  });

  for (const path of ["//", "///x", "http://", "*", "/%zz", "//:99999"]) {
    it(`is not brought down by ${path}`, async () => {
      const socket = connect(8080, address);
      socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const [data] = await once(socket, "data");
      assert.match(String(data), /^HTTP\/1\.1 404 /);
    });
  }

  it("fails to start where it cannot listen", async () => {
    const told = { notReady: () => undefined, metricsText: () => metrics() };
    await assert.rejects(serve(address, told), { code: "EADDRINUSE" });
  });
});
