import { connectTcp } from "../../../services/tcp";

/** How long a server may take to be reached, in milliseconds. */
const reachedMs = 15_000;

/**
 * Waits until a server is reached: a new pod's address takes a moment to reach the policies of all nodes.
 * @param url of the server, with its port
 * @throws Error with what keeps it
 */
export async function reached(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const deadline = Date.now() + reachedMs;
  for (;;) {
    const answer = await connectTcp(hostname, Number(port), 1_000);
    if (answer === "open") return;
    if (Date.now() > deadline) throw new Error(`${url}: ${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
