import { posix } from "node:path";
import type { Field } from "../kernel/field";
import { mapsIn, type NatsMap, readNatsConfig } from "../kernel/nats-config";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { mountOf, podTemplate } from "../kernel/pods";
import { textFiles } from "./files";

/** Where the server keeps JetStream's data if it is told nothing. */
const defaultStore = "/tmp/nats/jetstream";

/** What the official chart sets; for servers whose configuration is not in the stack. */
const chartStore = "/data";

/** The folder that the server makes within the one it is given. */
const ownFolder = "jetstream";

/**
 * The folder of JetStream's data in the container of a server, by its arguments and its configuration; undefined for none. Of a server whose
 * configuration is not known it is taken to be the chart's, if something is mounted there.
 */
export function jetstreamFolder(container: Field, config: NatsMap | undefined): string | undefined {
  const words = wordsOf(container);
  const given = option(words, ["-sd", "--store_dir", "-store_dir"]);
  const isOn = words.some((word) => /^--?(js|jetstream)$/.test(word));
  if (isOn || given !== undefined) return withOwn(given ?? (config && storeOf(config)) ?? defaultStore);
  if (config) return hasJetstream(config) ? withOwn(storeOf(config) ?? defaultStore) : undefined;
  return mountOf(container, chartStore) ? withOwn(chartStore) : undefined;
}

/** The file that a server is configured by: the ConfigMap or Secret of the stack that is mounted where the server is told to read it. */
export function configFile(
  workload: KubernetesObject,
  container: Field,
  objects: readonly KubernetesObject[],
): { source: KubernetesObject; name: string } | undefined {
  const path = option(wordsOf(container), ["-c", "--config", "-config"]);
  const mounted = path === undefined ? undefined : mountOf(container, path);
  if (!mounted) return undefined;
  const volumes = podTemplate(workload)?.at("spec", "volumes").list() ?? [];
  const volume = volumes.find((one) => one.at("name").text() === mounted.volume);
  const names = {
    ConfigMap: volume?.at("configMap", "name").text(),
    Secret: volume?.at("secret", "secretName").text(),
  };
  const namespace = namespaceOf(workload);
  const source = objects.find((object) => {
    const name = names[object.kind as keyof typeof names];
    return name !== undefined && isCalled(object, namespace, name);
  });
  return source && { source, name: mounted.path };
}

/** What is not known of another object's name is no doubt about this one. */
function isCalled({ root }: KubernetesObject, namespace: string, name: string): boolean {
  const fields = [root.at("metadata", "namespace"), root.at("metadata", "name")];
  if (fields.some(({ isKnown }) => !isKnown)) return false;
  return (fields[0]?.value ?? "default") === namespace && fields[1]?.value === name;
}

/** A server's configuration; undefined if there is no such file. */
export function configIn(source: KubernetesObject, name: string): NatsMap | undefined {
  const file = textFiles(source).find((one) => one.name === name);
  return file && readNatsConfig(file.text());
}

function wordsOf(container: Field): string[] {
  return ["command", "args"].flatMap((list) => {
    return container
      .at(list)
      .list()
      .map((word) => word.text() ?? "");
  });
}

function hasJetstream(config: NatsMap): boolean {
  return config.all("jetstream").some(({ value }) => {
    const maps = mapsIn(value);
    if (maps.length === 0) return value !== undefined && value !== false;
    const isOff = (map: NatsMap) =>
      map.all("enabled").some((entry) => entry.value === false) ||
      map.all("max_file_store", "max_file").some((entry) => entry.value === 0);
    return !maps.every(isOff);
  });
}

function storeOf(config: NatsMap): string | undefined {
  const inner = config.all("jetstream").flatMap(({ value }) => mapsIn(value));
  const stores = [...inner, config].flatMap((map) => map.all("store_dir", "storedir"));
  return stores.map(({ value }) => value).find((value) => typeof value === "string");
}

function withOwn(store: string): string {
  return posix.basename(store) === ownFolder ? store : posix.join(store, ownFolder);
}

/** Value of an option in a command's words, after it or after `=`. */
function option(words: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const [name = "", ...rest] = word.split("=");
    if (names.includes(name)) return rest.length > 0 ? rest.join("=") : words[index + 1];
  }
  return undefined;
}
