import type { IncomingMessage, ServerResponse } from "node:http";

/** The JSON of a request; undefined without one. */
export async function read(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : undefined;
}

/** Answers with JSON. */
export function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Answers as the API server does when it refuses. */
export function status(response: ServerResponse, code: number, message: string): void {
  json(response, code, { kind: "Status", status: "Failure", code, message });
}
