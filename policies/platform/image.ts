/** What a reference to an image says, such as `registry:5000/library/nats:2.14.2-alpine@sha256:...`. */
export interface Image {
  /** Last part of the path: `nats`. */
  readonly name: string;
  readonly tag: string | undefined;
  /** With its algorithm. */
  readonly digest: string | undefined;
}

/** @see https://pkg.go.dev/github.com/distribution/reference */
export function parseImage(reference: string): Image {
  const [named = "", digest] = split(reference, "@");
  // A colon before the last slash belongs to the registry's port.
  const [name = "", tag] = split(named.slice(named.lastIndexOf("/") + 1), ":");
  return { name, tag, digest };
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
