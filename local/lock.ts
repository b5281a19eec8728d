import { createHash } from "node:crypto";
import * as net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const retryMs = 200;

/**
 * Runs work while holding a lock that only one process of the machine can hold. The lock is an abstract Unix socket: the
 * kernel frees it with the process, however that ends, so there is no stale lock to recover from.
 * @param subject what is locked: a path, or any other text that means the same to everybody concerned
 * @param onWait told once if somebody else holds the lock
 * @param signal ends the wait; the returned promise then rejects
 */
export async function withLock<T>(
  subject: string,
  onWait: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  // Abstract socket names are limited to 107 bytes, paths are not.
  const name = `\0nats-platform-${createHash("sha256").update(subject).digest("hex")}`;
  let server = await listen(name);
  if (!server) onWait();
  while (!server) {
    await sleep(retryMs, undefined, { signal });
    server = await listen(name);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

function listen(name: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen({ path: name }, () => {
      server.unref();
      resolve(server);
    });
  });
}
