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
  return label === "true" || containersOf(template).some(isTold);
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
 * The tokens that the pods of an object may log in to NATS with: those that NATS_TOKEN_FILE names and those that are for NATS by their audience; of a
 * client that names none, as when variables come from elsewhere, all that it mounts; where nobody is told where NATS is, all that the pods have.
 * @param audience of tokens for NATS
 */
export function natsTokens(object: KubernetesObject, audience: string): Field[] {
  const template = podTemplate(object);
  if (!template) return [];
  const sources = tokenSources(template);
  const told = containersOf(template).filter(isTold);
  const mayTake = told.flatMap((container) => {
    const named = tokenOf(template, container);
    return named ? [named.source.path] : sources.filter(({ volume }) => isMounted(container, volume)).map(pathOf);
  });
  const isFor = ({ source }: TokenSource) => source.at("audience").isKnown && source.at("audience").value === audience;
  const isAny = told.length === 0 && isNatsClient(template);
  return sources
    .filter((token) => isAny || mayTake.includes(pathOf(token)) || isFor(token))
    .map(({ source }) => source);
}

const pathOf = ({ source }: TokenSource) => source.path;

/** Whether a container is told where NATS or its token is. */
function isTold(container: Field): boolean {
  return [urlVariable, tokenFileVariable].some((name) => variable(container, name) !== undefined);
}

function isMounted(container: Field, volume: string): boolean {
  return container
    .at("volumeMounts")
    .list()
    .some((mount) => mount.at("name").text() === volume);
}
