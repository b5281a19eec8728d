/** A place where backups are kept: named files, each there as a whole or not at all. */
export interface Store {
  /** For people: the path of a folder, or `s3://bucket/prefix`. */
  readonly name: string;
  /**
   * Content of a file; undefined if there is none of that name.
   * @param file path below the store, with slashes
   */
  read(file: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Writes a file, or puts other content in its place, once all of it has come and is safe. Nothing is left of one that fails. */
  write(file: string, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Writes a small file if there is none of that name; of several that do so at once, one succeeds. Returns whether it was this one. */
  create(file: string, text: string): Promise<boolean>;
  /** Removes a file; one that is not there is as good as removed. */
  remove(file: string): Promise<void>;
  /** Names of all files in a folder of the store, without that folder's. @param folder empty for the store itself */
  list(folder: string): Promise<string[]>;
  /** A store below this one. */
  within(folder: string): Store;
}

/** All of a file as text; undefined if there is none. */
export async function readText(store: Store, file: string): Promise<string | undefined> {
  const content = await store.read(file);
  if (!content) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Writes a file of text. */
export function writeText(store: Store, file: string, text: string, signal?: AbortSignal): Promise<void> {
  return store.write(file, only(Buffer.from(text)), signal);
}

async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
