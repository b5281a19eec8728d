import { connect } from "node:net";
import { ports } from "../../components/platform/ports";
import type { TestUser } from "../world/identity";

/** What a client gives: a token, creds, or nothing. */
export type Credentials = { readonly token: string } | { readonly user: TestUser } | Record<string, never>;

/** What has become of a login. */
export interface LoginOutcome {
  /** What the server said; undefined if it let the client in. */
  readonly error?: string;
  /** Milliseconds from the first packet until the server had decided. */
  readonly ms: number;
}

/** Milliseconds. */
const timeoutMs = 10_000;

/**
 * One login by the protocol alone, over a connection that is closed at once: nothing of a client library is in its time.
 * @param from address the client has, of the loopback network
 * @see https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export function login(address: string, credentials: Credentials, from = "127.0.0.1"): Promise<LoginOutcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: ports.client, localAddress: from, noDelay: true });
    const end = (error?: string) => {
      resolve({ ms: performance.now() - began, ...(error === undefined ? {} : { error }) });
      socket.destroy();
    };
    let text = "";
    socket.setTimeout(timeoutMs, () => end("no answer"));
    socket.on("error", (error) => end(error.message));
    socket.on("close", () => end("closed without a word"));
    socket.on("data", (chunk) => {
      text += chunk;
      for (let stop = text.indexOf("\r\n"); stop >= 0; stop = text.indexOf("\r\n")) {
        const line = text.slice(0, stop);
        text = text.slice(stop + 2);
        if (line.startsWith("INFO ")) socket.write(greeting(credentials, JSON.parse(line.slice(5)).nonce));
        else if (line === "PONG") end();
        else if (line.startsWith("-ERR ")) end(line.slice(6, -1));
      }
    });
  });
}

function greeting(credentials: Credentials, nonce: string | undefined): string {
  const about = { verbose: false, pedantic: false, lang: "test", version: "1", protocol: 1, headers: true };
  return `CONNECT ${JSON.stringify(Object.assign(about, proof(credentials, nonce)))}\r\nPING\r\n`;
}

function proof(credentials: Credentials, nonce: string | undefined): unknown {
  if ("user" in credentials) return credentials.user.authenticator(nonce);
  return "token" in credentials ? { auth_token: credentials.token } : {};
}
