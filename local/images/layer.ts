/** A file of an image, with its content given or taken from a file on disk when the image is packed. */
export type FileEntry = Node<"file"> &
  ({ readonly content: string; readonly source?: undefined } | { readonly source: string });

/** One path of a layer. Paths are relative to the image's root, without a leading slash. */
export type Entry = FileEntry | (Node<"symlink"> & { readonly target: string }) | Node<"directory">;

interface Node<Type extends string> {
  readonly type: Type;
  readonly path: string;
  readonly mode: number;
  /** Owner; the group is the same number. */
  readonly uid: number;
}

/** A program taken from disk, executable by everybody. */
export function program(path: string, source: string): Entry {
  return { type: "file", path, mode: 0o755, uid: 0, source };
}

/** A script, executable by everybody. */
export function script(path: string, content: string): Entry {
  return { type: "file", path, mode: 0o755, uid: 0, content };
}

/** A file everybody may read. */
export function text(path: string, content: string): Entry {
  return { type: "file", path, mode: 0o644, uid: 0, content };
}

/** A symbolic link. */
export function link(path: string, target: string): Entry {
  return { type: "symlink", path, mode: 0o777, uid: 0, target };
}

/** A folder; parents need no entry of their own. */
export function directory(path: string, mode = 0o755, uid = 0): Entry {
  return { type: "directory", path, mode, uid };
}

/**
 * A layer's entries as they go into its tar: sorted, with the parent folders that are not named added as 0755 root.
 * @throws {Error} if a path is absolute, leaves the root, appears twice, or has a file for a parent
 */
export function layerEntries(entries: readonly Entry[]): Entry[] {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.path.split("/").some((part) => part === "" || part === "." || part === "..")) {
      throw new Error(
        `image path "${entry.path}" is not accepted: relative to the root, without empty, "." or ".." parts`,
      );
    }
    if (byPath.has(entry.path)) throw new Error(`image path "${entry.path}" appears twice in one layer`);
    byPath.set(entry.path, entry);
  }
  for (const entry of entries) {
    for (let at = entry.path.lastIndexOf("/"); at > 0; at = entry.path.lastIndexOf("/", at - 1)) {
      const parent = entry.path.slice(0, at);
      const existing = byPath.get(parent);
      if (!existing) byPath.set(parent, directory(parent));
      else if (existing.type !== "directory") {
        throw new Error(`image path "${entry.path}" lies below "${parent}", which is a ${existing.type}`);
      }
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
