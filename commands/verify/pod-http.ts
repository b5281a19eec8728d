import { request } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";

/** An HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks a pod over a port-forward, which ends in the pod's own network: so it reaches ports that NetworkPolicy closes to everybody else.
 * @param signal ends the attempt
 * @throws Error when the port cannot be reached or the answer is not HTTP
 */
export async function getFromPod(
  config: KubeConfig,
  pod: { readonly namespace: string; readonly name: string; readonly port: number },
  path: string,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const [toPod, fromPod, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const socket = await new PortForward(config).portForward(pod.namespace, pod.name, [pod.port], fromPod, errors, toPod);
  const close = () => {
    if (typeof socket !== "function") socket.close();
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      errors.on("data", (chunk) => reject(new Error(String(chunk).trim())));
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      const connection = Duplex.from({ writable: toPod, readable: fromPod });
      connection.on("error", reject);
      request(
        { createConnection: () => connection, path, headers: { host: pod.name, connection: "close" } },
        (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (chunk) => {
            body += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
          response.on("error", reject);
        },
      )
        .on("error", reject)
        .end();
    });
  } finally {
    close();
  }
}
