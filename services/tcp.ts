import { connect } from "node:net";

/** What came of an attempt to connect: `open`, or why not (`refused`, `timed out`, or the system's error code). */
export type TcpAnswer = "open" | "refused" | "timed out" | (string & {});

/** Tries one TCP connection. Never throws. */
export function connectTcp(host: string, port: number, timeoutMs: number): Promise<TcpAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: TcpAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end("timed out"));
    socket.once("connect", () => end("open"));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      end(error.code === "ECONNREFUSED" ? "refused" : (error.code ?? error.message)),
    );
  });
}

/**
 * First line a server sends by itself to whoever connects.
 * @throws Error when it cannot be reached, closes, or stays silent
 */
export function readGreeting(host: string, port: number, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = "";
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`${host}:${port} ${why}`));
    };
    socket.setTimeout(timeoutMs, () => fail(`timed out after ${timeoutMs / 1000} s`));
    socket.once("error", (error) => fail(error.message));
    socket.once("close", () => fail("closed the connection without a greeting"));
    socket.on("data", (chunk) => {
      received += chunk.toString();
      const end = received.indexOf("\r\n");
      if (end < 0) return;
      resolve(received.slice(0, end));
      socket.destroy();
    });
  });
}
