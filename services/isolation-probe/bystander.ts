import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { type Answer, bystanderReady } from "./contract";

/** Listens, and does nothing else, until its pod is removed: whoever reaches it was kept out by nothing. */
export async function bystander(report: (answer: Answer) => void): Promise<never> {
  const server = createServer((socket) => socket.on("error", () => {}).end());
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, resolve));
  const address = Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === "IPv4" && !found.internal)?.address;
  if (address === undefined) throw new Error("this pod has no address");
  report({ id: bystanderReady, observed: "heard", detail: `${address}:${(server.address() as AddressInfo).port}` });
  return new Promise(() => {});
}
