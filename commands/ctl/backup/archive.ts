import { createHash } from "node:crypto";
import type { SavedStream } from "./manifest";
import type { Store } from "./store";

/** Length and digest of bytes that went by. */
export interface Measured {
  readonly bytes: number;
  readonly sha256: string;
}

/** Passes bytes on; {@link Measuring.result} is what went by, once all have. */
export class Measuring {
  private readonly hash = createHash("sha256");
  private bytes = 0;

  async *through(content: AsyncIterable<Uint8Array>, onBytes?: (bytes: number) => void): AsyncIterable<Uint8Array> {
    for await (const part of content) {
      this.hash.update(part);
      this.bytes += part.length;
      onBytes?.(part.length);
      yield part;
    }
  }

  result(): Measured {
    return { bytes: this.bytes, sha256: this.hash.digest("hex") };
  }
}

/**
 * What is wrong with an archive in its store: undefined if it is as it was written.
 * @param onBytes told the bytes of each part that is read
 */
export async function archiveProblem(
  store: Store,
  { name, archive }: Pick<SavedStream, "name" | "archive">,
  { signal, onBytes }: { readonly signal?: AbortSignal | undefined; readonly onBytes?: (bytes: number) => void } = {},
): Promise<string | undefined> {
  if (!archive) return undefined;
  const content = await store.read(archive.file);
  const of = `archive ${archive.file} of stream ${name}`;
  if (!content) return `${of} is missing`;
  const measuring = new Measuring();
  for await (const _part of measuring.through(content, onBytes)) signal?.throwIfAborted();
  const { bytes, sha256 } = measuring.result();
  if (bytes !== archive.bytes) return `${of} has ${bytes} bytes, ${archive.bytes} were written`;
  return sha256 === archive.sha256 ? undefined : `${of} is not as it was written: its checksum is another`;
}
