import { deepEqual, isMap, Unknown, type ValueMap } from "../rpc/values";
import { type Kubeconfig, type KubeconfigChoice, parseKubeconfig } from "./kubeconfig";
import type { ReplacementOptions } from "./replacement";

/** Settings of a provider instance, from its arguments or `kubernetes:` config, else from PULUMI_K8S_* variables. */
export interface ProviderConfig extends ReplacementOptions, KubeconfigChoice {
  /** Take over fields that another manager holds. @default false */
  readonly enablePatchForce: boolean;
  /** Update an object that exists already instead of failing to create it. @default false */
  readonly upsertExistingObjects: boolean;
  /** Forget resources of a cluster that cannot be reached. @default false */
  readonly deleteUnreachable: boolean;
  readonly suppressHelmHookWarnings: boolean;
}

/** A setting that is wrong, and why. */
export interface ConfigFailure {
  readonly property: string;
  readonly reason: string;
}

/** Settings as the engine passes them: `kubernetes:config:<name>` and a string each. */
export function readConfig(
  variables: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv = process.env,
): ProviderConfig {
  const text = (name: string): string | undefined => variables.get(`kubernetes:config:${name}`) || undefined;
  const flag = (name: string, variable: string): boolean => (text(name) ?? env[`PULUMI_K8S_${variable}`]) === "true";
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    enablePatchForce: flag("enablePatchForce", "ENABLE_PATCH_FORCE"),
    upsertExistingObjects: flag("upsertExistingObjects", "UPSERT_EXISTING_OBJECTS"),
    enableConfigMapMutable: flag("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE"),
    enableSecretMutable: flag("enableSecretMutable", "ENABLE_SECRET_MUTABLE"),
    deleteUnreachable: flag("deleteUnreachable", "DELETE_UNREACHABLE"),
    suppressHelmHookWarnings: flag("suppressHelmHookWarnings", "SUPPRESS_HELM_HOOK_WARNINGS"),
  };
}

/** What is wrong with a provider's arguments: strict mode as the official provider has it, and what only the official one can do. */
export function checkProviderConfig(
  news: ValueMap,
  isDefaultProvider: boolean,
  env: NodeJS.ProcessEnv = process.env,
): ConfigFailure[] {
  const failures: ConfigFailure[] = [];
  if (isTrue(news.strictMode)) {
    if (isDefaultProvider) failures.push({ property: "", reason: "strict mode prohibits default provider" });
    for (const property of ["kubeconfig", "context"]) {
      if (!news[property]) failures.push({ property, reason: `strict mode requires Provider "${property}" argument` });
    }
  }
  const onlyOfficial = (property: string, asked: boolean): void => {
    const reason = `the stand-in provider does not support "${property}"; install the official one: pulumi plugin install resource kubernetes`;
    if (asked) failures.push({ property, reason });
  };
  onlyOfficial("renderYamlToDirectory", Boolean(news.renderYamlToDirectory));
  onlyOfficial("alwaysRender", isTrue(news.alwaysRender));
  onlyOfficial(
    "enableServerSideApply: false",
    isFalse(news.enableServerSideApply ?? env.PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY),
  );
  onlyOfficial("skipUpdateUnreachable", isTrue(news.skipUpdateUnreachable));
  return failures;
}

/** How new provider arguments differ from the old ones; resources are replaced when they would be in another cluster. */
export function diffProviderConfig(olds: ValueMap, news: ValueMap): { diffs: string[]; replaces: string[] } {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const diffs = keys.filter((key) => !deepEqual(olds[key] ?? null, news[key] ?? null));
  if (diffs.length === 0) return { diffs, replaces: [] };
  const identifier = "clusterIdentifier";
  if (olds[identifier] && news[identifier]) {
    // Named clusters are the same as long as the name is.
    return { diffs, replaces: diffs.includes(identifier) ? [identifier] : [] };
  }
  const locating = ["kubeconfig", "context", "cluster"];
  const unknown = locating.find((key) => news[key] instanceof Unknown);
  if (unknown) return { diffs: [unknown], replaces: [unknown] };
  const [before, after] = [activeCluster(olds), activeCluster(news)];
  const moved = before !== undefined && after !== undefined && before !== after;
  return { diffs, replaces: moved ? locating.filter((key) => diffs.includes(key)) : [] };
}

/** The cluster entry that the arguments point to, as JSON; undefined if they name none, or a kubeconfig that is gone. */
function activeCluster(args: ValueMap): string | undefined {
  const { kubeconfig } = args;
  if (!kubeconfig) return undefined;
  let config: Kubeconfig;
  try {
    config = parseKubeconfig(isMap(kubeconfig) ? JSON.stringify(kubeconfig) : String(kubeconfig));
  } catch {
    return undefined;
  }
  const contextName = args.context || config["current-context"];
  const clusterName = args.cluster || config.contexts?.find((entry) => entry.name === contextName)?.context.cluster;
  const cluster = config.clusters?.find((entry) => entry.name === clusterName)?.cluster;
  return cluster && JSON.stringify(cluster, Object.keys(cluster).sort());
}

const isTrue = (value: unknown): boolean => value === true || value === "true";
const isFalse = (value: unknown): boolean => value === false || value === "false";
