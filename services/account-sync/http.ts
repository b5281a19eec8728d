import { createServer, type Server, type ServerResponse } from "node:http";
import { accountSyncPort } from "../../components/account-sync/names";
import type { AccountStatus } from "./status";

/** What the HTTP interface tells. */
export interface Told {
  /** Whether this replica knows Secrets and servers well enough to answer. */
  isReady(): boolean;
  /** Undefined if there is no such account. */
  account(name: string): AccountStatus | undefined;
  accountStatuses(): readonly AccountStatus[];
  /** Metrics in the text format of Prometheus. */
  metricsText(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * Serves `/healthz`, `/readyz`, `/metrics`, `/accounts` and `/accounts/<name of an account>` on port 8080.
 * None of them changes anything or holds a secret.
 * @param address the only one to listen on; undefined for every one
 * @returns the server, listening
 */
export async function serve(address: string | undefined, told: Told): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (request.method !== "GET") return text(response, 405, "only GET is answered here\n");
    answer(path, told, response).catch((error: Error) => text(response, 500, `${error.message}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(accountSyncPort, address, resolve);
  });
  return server;
}

async function answer(path: string, told: Told, response: ServerResponse): Promise<void> {
  if (path === "/healthz") return text(response, 200, "ok\n");
  if (path === "/readyz") {
    return told.isReady() ? text(response, 200, "ok\n") : text(response, 503, "Secrets or servers are not known yet\n");
  }
  if (path === "/metrics") {
    const metrics = await told.metricsText();
    return text(response, 200, metrics.text, metrics.contentType);
  }
  if (path === "/accounts") return json(response, 200, told.accountStatuses());
  const name = /^\/accounts\/([^/]+)$/.exec(path)?.[1];
  const status = name === undefined ? undefined : told.account(decodeURIComponent(name));
  if (status) return json(response, 200, status);
  if (name !== undefined) return json(response, 404, { error: `there is no Secret of account ${name}` });
  text(response, 404, "there are /healthz, /readyz, /metrics, /accounts and /accounts/<name>\n");
}

function json(response: ServerResponse, status: number, body: object): void {
  text(response, status, `${JSON.stringify(body)}\n`, "application/json");
}

function text(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type }).end(body);
}
