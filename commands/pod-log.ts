import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import type { KubeConfig } from "@kubernetes/client-node";

/** Which part of a log is read. */
export interface LogOptions {
  readonly container: string;
  /** Go on with what comes until the container ends. */
  readonly follow: boolean;
  /** Last lines alone. @default all */
  readonly tailLines?: number;
  /** Nothing older. @default from the start */
  readonly sinceSeconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Reads the log of a pod, line by line, until it ends or breaks off.
 * Over Node's own client: the one of @kubernetes/client-node gives up a log that is silent for five minutes, and takes the process with it.
 * @throws Error when the API server cannot be asked or refuses
 */
export async function readLog(
  config: KubeConfig,
  pod: { readonly namespace: string; readonly name: string },
  { container, follow, tailLines, sinceSeconds, signal }: LogOptions,
  onLine: (line: string) => void,
): Promise<void> {
  const query = new URLSearchParams({
    container,
    follow: String(follow),
    ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds: String(sinceSeconds) }),
  });
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?${query}`;
  const url = new URL(`${config.getCurrentCluster()?.server}${path}`);
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const { request } = url.protocol === "http:" ? http : https;
    request(url, { ...options, signal }, resolve)
      .on("error", reject)
      .end();
  });
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`the log of pod ${pod.name} cannot be read: the API server answered ${response.statusCode}`);
  }
  const lines = createInterface({ input: response });
  // Cut off: what is missing is for the caller to ask for again.
  response.on("error", () => lines.close());
  for await (const line of lines) onLine(line);
}
