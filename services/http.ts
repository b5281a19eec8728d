import { createServer, type Server, type ServerResponse } from "node:http";
import { httpPort } from "../components/program/http-port";

/** What every service tells over HTTP. */
export interface Told {
  /** Undefined when it can do its work; else why not yet, in a few words. */
  notReady(): string | undefined;
  /** Metrics in the text format of Prometheus. */
  metricsText(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Answers a path beyond those every service has. @returns whether the path is one of its own */
export type MorePaths = (path: string, response: ServerResponse) => boolean;

/**
 * Serves `/healthz`, `/readyz` and `/metrics` on port 8080, and what else a service has. None of them changes anything or holds a secret.
 * @param address the only one to listen on; undefined for every one
 * @param more paths of the service's own, with their names for whoever asks for another
 * @returns the server, listening
 */
export async function serve(
  address: string | undefined,
  told: Told,
  more: { readonly names: readonly string[]; readonly answer: MorePaths } = { names: [], answer: () => false },
): Promise<Server> {
  const names = ["/healthz", "/readyz", "/metrics", ...more.names];
  const answer = async (path: string, response: ServerResponse) => {
    if (path === "/healthz") return text(response, 200, "ok\n");
    if (path === "/readyz") {
      const reason = told.notReady();
      return reason === undefined ? text(response, 200, "ok\n") : text(response, 503, `${reason}\n`);
    }
    if (path === "/metrics") {
      const metrics = await told.metricsText();
      return text(response, 200, metrics.text, metrics.contentType);
    }
    if (!more.answer(path, response)) text(response, 404, `there are ${names.join(", ")}\n`);
  };
  const server = createServer((request, response) => {
    // Not by URL: what is no path, such as `//`, it throws for.
    const [path = "/"] = (request.url ?? "/").split("?");
    if (request.method !== "GET") return text(response, 405, "only GET is answered here\n");
    answer(path, response).catch((error: Error) => text(response, 500, `${error.message}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(httpPort, address, resolve);
  });
  return server;
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: object): void {
  text(response, status, `${JSON.stringify(body)}\n`, "application/json");
}

function text(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type }).end(body);
}
