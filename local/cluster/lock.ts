import * as net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const retryMs = 200;

/**
 * Runs work while holding a lock that only one process of the machine can hold. The lock is an abstract Unix socket: the
 * kernel frees it with the process, however that ends, so there is no stale lock to clean up.
 * @param name unique name of what is locked, at most 100 characters
 * @param onWait told once if somebody else holds the lock
 */
export async function withLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  let server = await listen(name);
  while (server === undefined) {
    if (!told) onWait();
    told = true;
    await sleep(retryMs);
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
    server.listen({ path: `\0${name}` }, () => {
      server.unref();
      resolve(server);
    });
  });
}
