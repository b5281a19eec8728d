import * as http from "node:http";
import * as https from "node:https";
import type { ValueMap } from "../rpc/values";
import type { Connection, Credentials } from "./kubeconfig";

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  /** @param reason machine-readable: NotFound, AlreadyExists, Conflict, Invalid, Forbidden, ... */
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: { kind?: string } = {},
  ) {
    super(message);
  }
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Told each warning the API server sends along (a violated PodSecurity level, a deprecated version, an unknown field). */
  readonly onWarning?: (warning: string) => void;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: ValueMap;
}

/** Plain JSON over the Kubernetes API, one connection pool. */
export class KubeClient {
  readonly #agent = new https.Agent({ keepAlive: true });

  constructor(readonly connection: Connection) {}

  /** @throws {ApiError} for any answer from 300 on; other errors mean that the server was not reached */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<ValueMap> {
    const response = await this.#send(method, path, options);
    const text = await bodyOf(response);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw apiError(status, text);
    return text ? (JSON.parse(text) as ValueMap) : {};
  }

  /** The answer as text: logs of a container. */
  async text(path: string, options: RequestOptions = {}): Promise<string> {
    const response = await this.#send("GET", path, options);
    const text = await bodyOf(response);
    if ((response.statusCode ?? 0) >= 300) throw apiError(response.statusCode ?? 0, text);
    return text;
  }

  /** Events of a watch, until the server or the signal ends it. */
  async *watch(path: string, options: RequestOptions): AsyncGenerator<WatchEvent> {
    const response = await this.#send("GET", path, { ...options, query: { ...options.query, watch: "true" } });
    if ((response.statusCode ?? 0) >= 300) throw apiError(response.statusCode ?? 0, await bodyOf(response));
    let rest = "";
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = (rest + (chunk as string)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line) yield JSON.parse(line) as WatchEvent;
    }
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<http.IncomingMessage> {
    const credentials = await this.connection.credentials();
    const url = new URL(this.connection.server + path);
    for (const [key, value] of Object.entries(options.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, value);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = {
      accept: "application/json, */*",
      "user-agent": "nats-platform",
      ...credentials.headers,
      ...(body === undefined
        ? {}
        : { "content-type": options.contentType ?? "application/json", "content-length": Buffer.byteLength(body) }),
    };
    const attempt = (): Promise<http.IncomingMessage> =>
      new Promise((resolve, reject) => {
        const request = this.#open(url, credentials, { method, headers, signal: options.signal }, resolve);
        request.on("error", (error: NodeJS.ErrnoException) => {
          // The server closed an idle connection at the very moment it was used again; it has not seen the request.
          if (request.reusedSocket && error.code === "ECONNRESET") attempt().then(resolve, reject);
          else reject(error);
        });
        request.end(body);
      });
    const response = await attempt();
    for (const warning of warningsOf(response.headers.warning)) options.onWarning?.(warning);
    return response;
  }

  #open(
    url: URL,
    { cert, key }: Credentials,
    options: http.RequestOptions,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    if (url.protocol === "http:") return http.request(url, options, onResponse);
    return https.request(url, { ...options, ...this.connection.tls, cert, key, agent: this.#agent }, onResponse);
  }
}

/** Texts of a Warning header: `299 - "text", 299 - "another"`. */
export function warningsOf(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? "").replace(/\\(.)/g, "$1"),
  );
}

async function bodyOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function apiError(code: number, text: string): ApiError {
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string; details?: { kind?: string } };
    return new ApiError(code, status.reason ?? "", status.message ?? text, status.details ?? {});
  } catch {
    return new ApiError(code, "", text.trim() || `the API server answered ${code}`);
  }
}
