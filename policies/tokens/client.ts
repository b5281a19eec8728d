import type { Field } from "../kernel/field";
import type { KubernetesObject } from "../kernel/object";
import { containersOf, mountOf, podTemplate, variable } from "../kernel/pods";

/** Variables by which a NATS client is told where to connect, and where its token is. */
export const urlVariable = "NATS_URL";
export const tokenFileVariable = "NATS_TOKEN_FILE";

/** On a pod, with value `true`: it is a NATS client. */
export const clientLabel = "nats-platform/client";

/** A ServiceAccount token that a volume of a pod projects. */
export interface TokenSource {
  readonly volume: string;
  readonly source: Field;
}

/** The ServiceAccount tokens of a pod's volumes. */
export function tokenSources(template: Field): TokenSource[] {
  return template
    .at("spec", "volumes")
    .list()
    .flatMap((volume) =>
      volume
        .at("projected", "sources")
        .list()
        .map((source) => source.at("serviceAccountToken"))
        .filter((source) => source.isThere)
        .map((source) => ({ volume: volume.at("name").text() ?? "", source })),
    );
}

/** Whether the pods are NATS clients: by their label, or because a container is told where NATS or its token is. */
export function isNatsClient(template: Field): boolean {
  const label = template.at("metadata", "labels").texts()[clientLabel];
  return (
    label === "true" ||
    containersOf(template).some((container) => {
      return [urlVariable, tokenFileVariable].some((name) => variable(container, name) !== undefined);
    })
  );
}

/** The token that a container's NATS_TOKEN_FILE is, if its volumes say so. */
export function tokenOf(template: Field, container: Field): TokenSource | undefined {
  const file = variable(container, tokenFileVariable)?.at("value").text();
  const mounted = file === undefined ? undefined : mountOf(container, file);
  if (!mounted) return undefined;
  return tokenSources(template).find(({ volume, source }) => {
    return volume === mounted.volume && (source.at("path").text() ?? "") === mounted.path;
  });
}

/**
 * The tokens that the pods of an object may log in to NATS with: those that NATS_TOKEN_FILE names and those that are for NATS by their audience;
 * where it names none, as when variables come from elsewhere, all that a NATS client has.
 * @param audience of tokens for NATS
 */
export function natsTokens(object: KubernetesObject, audience: string): Field[] {
  const template = podTemplate(object);
  if (!template) return [];
  const sources = tokenSources(template).map(({ source }) => source);
  const named = containersOf(template)
    .map((container) => tokenOf(template, container)?.source.path)
    .filter((path) => path !== undefined);
  const isFor = (source: Field) => source.at("audience").isKnown && source.at("audience").value === audience;
  if (named.length === 0 && isNatsClient(template)) return sources;
  return sources.filter((source) => named.includes(source.path) || isFor(source));
}
