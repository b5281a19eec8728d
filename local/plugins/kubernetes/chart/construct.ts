import * as path from "node:path";
import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { connectMonitor, type Monitor, type Registered } from "../../rpc/monitor";
import {
  clone,
  containsSecret,
  containsUnknown,
  decodeProperties,
  encodeProperties,
  isMap,
  mapChildren,
  referenceValue,
  stripSecretsOfMap,
  type Value,
  type ValueMap,
} from "../../rpc/values";
import { annotateSecrets } from "../checkpoint";
import {
  annotateTrue,
  annotationOf,
  annotations,
  gvkOf,
  type KubeObject,
  metadataOf,
  nameOf,
  namespaceOf,
  textAt,
} from "../objects";
import type { Session } from "../session";
import { dependenciesOf, dependencyLevels, parseManifest } from "./manifests";
import { renderChart } from "./render";

/** Inputs of a helm.sh/v4:Chart that only the official provider can do. */
const unsupported = [
  "dependencyUpdate",
  "devel",
  "includeHooks",
  "keyring",
  "plainHttp",
  "postRenderer",
  "valueYamlFiles",
  "verify",
];

/**
 * Registers a helm.sh/v4:Chart and a resource for each object it renders, named `<prefix>:<namespace>/<name>` as the official
 * provider names them, so that previews, transforms and policies see every object.
 */
export async function constructChart(
  session: Session,
  request: ConstructRequest,
  version: string,
): Promise<ConstructResponse> {
  const monitor = connectMonitor(request.getMonitorendpoint());
  try {
    const chart = await monitor.registerComponent(request);
    const inputs = decodeProperties(request.getInputs());
    const resources: Registered[] = [];
    if (containsUnknown(inputs)) {
      session.log.log("warning", chart.urn, "Input properties have unknown values. Preview is incomplete.");
    } else {
      const objects = await renderObjects(session, request.getName(), inputs);
      resources.push(...(await registerObjects(session, monitor, request, chart.urn, objects, inputs, version)));
    }
    const outputs = { resources: resources.map(({ urn, id }) => referenceValue({ urn, id, packageVersion: version })) };
    await monitor.registerOutputs(chart.urn, outputs);
    return responseOf(
      chart.urn,
      outputs,
      resources.map(({ urn }) => urn),
    );
  } finally {
    monitor.close();
  }
}

/** The chart's objects, each with its namespace. @throws {Error} if an input is not supported or the chart cannot be rendered */
async function renderObjects(session: Session, name: string, secretInputs: ValueMap): Promise<KubeObject[]> {
  const inputs = stripSecretsOfMap(secretInputs);
  const asked = unsupported.filter((input) => inputs[input] !== undefined && inputs[input] !== false);
  if (asked.length > 0) {
    throw new Error(
      `the stand-in provider does not support ${asked.join(", ")} of a Chart; install the official one: pulumi plugin install resource kubernetes`,
    );
  }
  const values = isMap(inputs.values) ? inputs.values : {};
  const namespace = textAt(inputs, "namespace") || session.namespace;
  const source = {
    chart: textAt(inputs, "chart"),
    version: textAt(inputs, "version"),
    repository: textAt(inputs, "repositoryOpts", "repo"),
  };
  const rendering = {
    chart: path.basename(source.chart),
    version: source.version,
    release: textAt(inputs, "name") || name,
    namespace,
    values,
  };
  const manifest = await renderChart(source, rendering, {
    recordings: path.join(__dirname, "recordings"), // beside the bundle
    skipCrds: inputs.skipCrds === true,
    printableValues: masked(secretInputs.values ?? {}) as ValueMap,
    signal: session.signal,
  });
  const objects = parseManifest(manifest);
  for (const object of objects) {
    const type = await session.cluster?.discovery.find(gvkOf(object));
    const metadata = metadataOf(object);
    if (metadata && !namespaceOf(object) && (type?.namespaced ?? true)) metadata.namespace = namespace;
  }
  return objects;
}

async function registerObjects(
  session: Session,
  monitor: Monitor,
  request: ConstructRequest,
  parent: string,
  objects: readonly KubeObject[],
  inputs: ValueMap,
  version: string,
): Promise<Registered[]> {
  const prefix = textAt(inputs, "resourcePrefix") || request.getName();
  const registered = new Map<KubeObject, Registered>();
  for (const level of dependencyLevels(objects)) {
    const results = await Promise.all(
      level.map((object) => {
        const dependencies = dependenciesOf(object, objects).flatMap((other) => registered.get(other)?.urn ?? []);
        const policy = annotationOf(object, "helm.sh/resource-policy");
        if (policy && policy !== "keep")
          session.log.log("warning", parent, `Unsupported Helm resource policy "${policy}"`);
        const properties = clone(object);
        if (inputs.skipAwait === true) annotateTrue(properties, annotations.skipAwait);
        return monitor.registerCustom({
          type: typeOf(object),
          name: `${prefix}:${namespaceOf(object) ? `${namespaceOf(object)}/` : ""}${nameOf(object)}`,
          parent,
          properties: annotateSecrets(properties, {}),
          dependencies,
          provider: request.getProvidersMap().get("kubernetes") ?? "",
          version,
          protect: request.getProtect(),
          retainOnDelete: policy === "keep" ? true : undefined,
        });
      }),
    );
    for (const [index, object] of level.entries()) {
      const result = results[index];
      if (result) registered.set(object, result);
    }
  }
  return objects.flatMap((object) => registered.get(object) ?? []);
}

function typeOf(object: KubeObject): string {
  const { group, version, kind } = gvkOf(object);
  return `kubernetes:${group || "core"}/${version}:${kind}`;
}

function masked(value: Value): Value {
  if (isMap(value) || Array.isArray(value)) return mapChildren(value, masked);
  return containsSecret(value) ? "[secret]" : value;
}

function responseOf(urn: string, outputs: ValueMap, dependencies: string[]): ConstructResponse {
  const response = new ConstructResponse();
  response.setUrn(urn);
  response.setState(encodeProperties(outputs));
  const resources = new ConstructResponse.PropertyDependencies();
  resources.setUrnsList(dependencies);
  response.getStatedependenciesMap().set("resources", resources);
  return response;
}
