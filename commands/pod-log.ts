import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import type { KubeConfig } from "@kubernetes/client-node";
import { containerName } from "./in-cluster-manifests";

/**
 * Reads the log of a program's pod from its start, line by line, until it ends or breaks off.
 * Over Node's own client: the one of @kubernetes/client-node gives up a log that is silent for five minutes, and takes the process with it.
 * @throws Error when the API server cannot be asked or refuses
 */
export async function readLog(
  config: KubeConfig,
  pod: { readonly namespace: string; readonly name: string },
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
  onLine: (line: string) => void,
): Promise<void> {
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${containerName}&follow=${follow}`;
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
