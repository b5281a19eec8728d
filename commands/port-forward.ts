import { createServer, type Socket } from "node:net";
import { PortForward } from "@kubernetes/client-node";
import { ports } from "../components/platform/ports";
import { apiErrorMessage } from "./api-error";
import { isReady, kubeConfig, serverPods } from "./kubernetes";
import { stackOutputs } from "./outputs";
import { run } from "./run";
import { findTarget } from "./target";

/** Forwards 127.0.0.1:4222 (or `PORT`) to the client port of a ready server, a server chosen anew for every connection. */
run(async () => {
  const target = findTarget();
  const namespace = String((await stackOutputs(target, "namespace")).namespace);
  const port = Number(process.env.PORT ?? ports.client);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT is "${process.env.PORT}"; it must be 1 to 65535`);
  const forward = new PortForward(kubeConfig(target));
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    toSomeServer(socket).catch((error: unknown) => {
      process.stderr.write(`${apiErrorMessage(error)}\n`);
      socket.destroy();
    });
  });
  const toSomeServer = async (socket: Socket) => {
    const ready = (await serverPods(target, namespace)).filter(isReady).flatMap(({ metadata }) => metadata?.name ?? []);
    const pod = ready[Math.floor(Math.random() * ready.length)];
    if (!pod) throw new Error("no server is ready");
    await forward
      .portForward(namespace, pod, [ports.client], socket, null, socket)
      .catch((error: { message?: string }) => {
        // A server that has just lost its power counts as ready for a while; the client tries again, and may get another.
        throw new Error(`${pod} does not answer${error.message ? `: ${error.message}` : ""}`);
      });
  };
  await new Promise<void>((resolve, reject) => {
    const inUse = `port ${port} of this machine is taken: end what listens there, or choose another with PORT`;
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error(inUse) : error),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  process.stdout.write(`forwarding nats://127.0.0.1:${port} to namespace ${namespace}; Ctrl-C ends it\n`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
  server.close();
  process.exit(0);
});
