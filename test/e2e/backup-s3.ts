import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { ensureTools, tool } from "../../local/tools";
import { until } from "../../local/world/until";

/** A real server that speaks S3, with one empty bucket; it takes any credentials. */
export class S3Server {
  static readonly bucket = "backups";

  private constructor(
    private readonly process: ChildProcess,
    readonly endpoint: string,
  ) {}

  static async start(): Promise<S3Server> {
    await ensureTools(["gofakes3"]);
    const host = `127.0.0.1:${await freePort()}`;
    const args = ["-backend", "memory", "-host", host, "-initialbucket", S3Server.bucket, "-quiet"];
    const process = spawn(tool("gofakes3"), args, { stdio: "ignore" });
    const endpoint = `http://${host}`;
    await until("the S3 server answers", () =>
      fetch(endpoint).then(
        () => true,
        () => false,
      ),
    );
    return new S3Server(process, endpoint);
  }

  async stop(): Promise<void> {
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  listener.close();
  await once(listener, "close");
  return typeof address === "object" && address ? address.port : 0;
}
