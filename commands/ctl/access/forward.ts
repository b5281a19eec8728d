import { type AddressInfo, createServer, type Socket } from "node:net";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";
import { apiErrorMessage } from "../../api-error";
import { isReady, serverPodsOf } from "../../kubernetes";

/** A port of this machine that leads to a stack's servers. */
export interface Forward {
  readonly port: number;
  /** Why the newest connection that came to nothing did; undefined if none did. */
  problem(): string | undefined;
  /** Closes the port and all connections over it. */
  close(): void;
}

/** What is forwarded where. */
export interface ForwardOptions {
  /** Of 127.0.0.1. @default any that is free */
  readonly port?: number;
  /** Of the servers. */
  readonly serverPort: number;
  /** Told of each connection that comes to nothing. */
  readonly onProblem?: (problem: string) => void;
}

/**
 * Forwards a port of 127.0.0.1 through the Kubernetes API to a ready server, a server chosen anew for every connection.
 * @param namespace of the servers
 * @throws Error if the port is taken
 */
export async function startForward(config: KubeConfig, namespace: string, options: ForwardOptions): Promise<Forward> {
  const forward = new PortForward(config);
  const open = new Set<() => void>();
  let problem: string | undefined;
  const listener = createServer((socket) => {
    const drop = () => void socket.destroy();
    open.add(drop);
    socket.on("error", drop).on("close", () => open.delete(drop));
    toSomeServer(socket).catch((error: unknown) => {
      problem = apiErrorMessage(error);
      options.onProblem?.(problem);
      socket.destroy();
    });
  });
  const toSomeServer = async (socket: Socket) => {
    const pods = await serverPodsOf(config, namespace);
    const ready = pods.filter(isReady).flatMap(({ metadata }) => metadata?.name ?? []);
    const pod = ready[Math.floor(Math.random() * ready.length)];
    if (!pod)
      throw new Error(pods.length === 0 ? `there is no server in namespace ${namespace}` : "no server is ready");
    const link = await forward
      .portForward(namespace, pod, [options.serverPort], socket, null, socket)
      .catch((error: { message?: string }) => {
        // A server that has just lost its power counts as ready for a while; the client tries again, and may get another.
        throw new Error(`${pod} does not answer${error.message ? `: ${error.message}` : ""}`);
      });
    if (typeof link === "function") return;
    const hangUp = () => link.close();
    open.add(hangUp);
    socket.once("close", () => {
      open.delete(hangUp);
      hangUp();
    });
    // Not destroyed: what has come is still to be written.
    link.on("close", () => socket.end());
  };
  await new Promise<void>((resolve, reject) => {
    const inUse = `port ${options.port} of this machine is taken: end what listens there, or choose another with --port`;
    listener.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error(inUse) : error),
    );
    listener.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    problem: () => problem,
    close: () => {
      listener.close();
      for (const end of [...open]) end();
    },
  };
}
