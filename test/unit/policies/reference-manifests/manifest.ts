import type { PackConfig, Resource } from "../support/pack";

/** Objects as a published deployment of NATS has them, and what the pack says of them. */
export interface ReferenceManifest {
  /** What it is, in words. */
  readonly what: string;
  readonly resources: readonly Resource[];
  /** Settings in place of the defaults. */
  readonly config?: PackConfig;
  /** Of each policy that speaks, what it says. All others say nothing. */
  readonly says: Readonly<Record<string, RegExp>>;
}

/** An object, as a resource of its kind. */
export function object(
  apiVersion: string,
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> },
  rest: object = {},
): Resource {
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  const props = { apiVersion, kind, metadata, ...rest };
  return { type: `kubernetes:${group}:${kind}`, name: `${kind}/${metadata.name}`, props };
}
