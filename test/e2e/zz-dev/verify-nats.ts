import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { PortForward } from "@kubernetes/client-node";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { kubeConfig } from "../../../commands/kubernetes";
import { core, namespace, target } from "./support/platform";

/** Does something as the control plane, connected to a server over a port-forward. */
export async function asControlPlane<T>(use: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const { data } = await core().readNamespacedSecret({ namespace, name: "nats-control-plane-creds" });
  const forward = new PortForward(kubeConfig(target));
  const listener = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    void forward.portForward(namespace, "nats-0", [4222], socket, null, socket);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const connection = await connect({
    servers: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    authenticator: credsAuthenticator(Buffer.from(data?.["nats.creds"] ?? "", "base64")),
    ignoreClusterUpdates: true,
    reconnect: false,
  });
  try {
    return await use(connection);
  } finally {
    await connection.close();
    listener.close();
  }
}
