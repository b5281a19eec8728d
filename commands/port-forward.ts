import { createServer } from "node:net";
import { PortForward } from "@kubernetes/client-node";
import { ports } from "../components/platform/ports";
import { kubeConfig, serverPods } from "./kubernetes";
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
  const server = createServer(async (socket) => {
    socket.on("error", () => socket.destroy());
    const ready = (await serverPods(target, namespace)).filter(({ status }) =>
      status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
    );
    const pod = ready[Math.floor(Math.random() * ready.length)]?.metadata?.name;
    if (!pod) {
      process.stderr.write("no server is ready\n");
      socket.destroy();
      return;
    }
    await forward.portForward(namespace, pod, [ports.client], socket, null, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  process.stdout.write(`forwarding nats://127.0.0.1:${port} to namespace ${namespace}; Ctrl-C ends it\n`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
  server.close();
  process.exit(0);
});
