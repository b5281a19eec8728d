import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describeError } from "../../../services/text";
import type { Store } from "./store";

/** How the name of a file ends that is being written; before it is one of its own, so that nobody writes to another's. */
export const partialSuffix = ".partial";

/** A folder of this machine. What is in it is readable for its owner alone. */
export class FolderStore implements Store {
  constructor(readonly name: string) {}

  async read(file: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = await this.own(file);
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw this.failure("read", file, error);
    });
    if (!found) return undefined;
    if (!found.isFile()) throw new Error(`${path} is no file: is ${this.name} the place of a backup?`);
    return createReadStream(path, { highWaterMark: 256 * 1024 });
  }

  async write(file: string, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    const path = await this.own(file);
    const partial = `${path}.${randomUUID()}${partialSuffix}`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await pipeline(content, createWriteStream(partial, { mode: 0o600, flags: "wx", flush: true }), { signal });
      await rename(partial, path);
      await sync(dirname(path));
    } catch (error) {
      await rm(partial, { force: true });
      signal?.throwIfAborted();
      throw isSystemError(error) ? this.failure("write", file, error) : error;
    }
  }

  async create(file: string, text: string): Promise<boolean> {
    const path = await this.own(file);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(path, text, { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === "EEXIST" && error.syscall === "open") return false;
      throw this.failure("write", file, error);
    }
  }

  async remove(file: string): Promise<void> {
    await rm(await this.own(file), { force: true });
  }

  async list(folder: string): Promise<string[]> {
    const entries = await readdir(dirname(await this.own(join(folder, "any"))), { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw this.failure("read", folder, error);
      },
    );
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  within(folder: string): Store {
    return new FolderStore(join(this.name, folder));
  }

  /**
   * Path of a file of the store's.
   * @throws Error if its folder leads elsewhere: what is there is somebody else's, and not to be tidied up
   */
  private async own(file: string): Promise<string> {
    const path = join(this.name, file);
    const folder = dirname(path);
    const found = dirname(file) === "." ? undefined : await lstat(folder).catch(() => undefined);
    if (found?.isSymbolicLink()) {
      throw new Error(
        `${folder} is a symbolic link: a backup keeps to one folder. Choose another place, or remove the link`,
      );
    }
    return path;
  }

  private failure(doing: string, file: string, error: NodeJS.ErrnoException): Error {
    const remedy =
      error.code === "ENOSPC" ? ". Make room, or choose another place with --to" : ". Is the path right, and yours?";
    return new Error(`cannot ${doing} ${join(this.name, file)}: ${describeError(error)}${remedy}`, { cause: error });
  }
}

/** A rename is safe once its folder is. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
