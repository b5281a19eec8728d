import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Provider } from "../rpc/server";
import {
  decodeProperties,
  deepEqual,
  encodeProperties,
  isMap,
  secret,
  stripSecrets,
  stripSecretsOfMap,
  Unknown,
  type Value,
  type ValueMap,
} from "../rpc/values";
import { type Failure, type Properties, type RandomResource, resources } from "./resources";

/** The official random provider's calls, for the resources of the table in resources.ts. */
export class RandomProvider implements Provider {
  /**
   * @param version of the official provider this one stands in for
   * @param previewsValues whether previews have values, and not what is unknown until the update. @default false, as the official provider
   */
  constructor(
    readonly version: string,
    private readonly previewsValues = false,
  ) {}

  async checkConfig(request: proto.CheckRequest): Promise<proto.CheckResponse> {
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    return response;
  }

  async diffConfig(): Promise<proto.DiffResponse> {
    const response = new proto.DiffResponse();
    response.setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE);
    return response;
  }

  async configure(): Promise<proto.ConfigureResponse> {
    const response = new proto.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    return response;
  }

  async check(request: proto.CheckRequest): Promise<proto.CheckResponse> {
    const news = decodeProperties(request.getNews());
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    const failures = checkArgs(resourceOf(request.getUrn()), stripSecretsOfMap(news));
    response.setFailuresList(
      failures.map(({ property, reason }) => {
        const failure = new proto.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }

  async diff(request: proto.DiffRequest): Promise<proto.DiffResponse> {
    const resource = resourceOf(request.getUrn());
    const [olds, news] = [request.getOldInputs(), request.getNews()].map((inputs) =>
      stripSecretsOfMap(decodeProperties(inputs)),
    );
    const changed = changedArgs(resource, olds ?? {}, news ?? {}).filter(
      (name) => !request.getIgnorechangesList().includes(name),
    );
    const response = new proto.DiffResponse();
    response.setChanges(
      changed.length > 0 ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
    );
    response.setReplacesList(changed);
    response.setHasdetaileddiff(true);
    for (const name of changed) {
      const property = new proto.PropertyDiff();
      property.setKind(replaceKind(olds?.[name], news?.[name]));
      property.setInputdiff(true);
      response.getDetaileddiffMap().set(name, property);
    }
    return response;
  }

  async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const resource = resourceOf(request.getUrn());
    const inputs = decodeProperties(request.getProperties());
    const args = { ...resource.defaults, ...(stripSecretsOfMap(inputs) as Properties) };
    const results = request.getPreview() && !this.previewsValues ? unknowns(resource) : resource.generate(args);
    const response = new proto.CreateResponse();
    response.setId(request.getPreview() ? "" : resource.id(results));
    response.setProperties(encodeProperties(stateOf(resource, inputs, results)));
    return response;
  }

  async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const response = new proto.ReadResponse();
    const known = request.getProperties();
    if (known && Object.keys(decodeProperties(known)).length > 0) {
      response.setId(request.getId());
      response.setProperties(known);
      response.setInputs(request.getInputs());
      return response;
    }
    const resource = resourceOf(request.getUrn());
    const { args, results } = resource.import(request.getId());
    response.setId(resource.id(results));
    response.setInputs(encodeProperties(args as ValueMap));
    response.setProperties(encodeProperties(stateOf(resource, args as ValueMap, results)));
    return response;
  }

  /** Only arguments change that make no difference; the results stay. */
  async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const resource = resourceOf(request.getUrn());
    const olds = decodeProperties(request.getOlds());
    const results = Object.fromEntries(resource.results.map((name) => [name, stripSecrets(olds[name] ?? null)]));
    const response = new proto.UpdateResponse();
    response.setProperties(encodeProperties(stateOf(resource, decodeProperties(request.getNews()), results)));
    return response;
  }

  async delete(): Promise<void> {}

  cancel(): void {}
}

/** What is wrong with the arguments; those not known yet pass. */
export function checkArgs(resource: RandomResource, args: ValueMap): Failure[] {
  const failures: Failure[] = resource.required
    .filter((name) => args[name] === undefined || args[name] === null)
    .map((property) => ({ property, reason: "is required" }));
  for (const [property, value] of Object.entries(args)) {
    const type = resource.args[property];
    if (value === null || value instanceof Unknown || property.startsWith("__")) continue;
    if (!type) failures.push({ property, reason: `is not an argument; ${Object.keys(resource.args).join(", ")} are` });
    else if (!hasType(value, type))
      failures.push({ property, reason: `must be of type ${type}; got ${JSON.stringify(value)}` });
  }
  return failures.length > 0 ? failures : resource.validate(known(args));
}

/** Arguments that differ, once those left out have their default. Keepers whose values are all null count as none. */
export function changedArgs(resource: RandomResource, olds: ValueMap, news: ValueMap): string[] {
  const effective = (args: ValueMap, name: string): Value => {
    const value = args[name] ?? (resource.defaults[name] as Value | undefined) ?? null;
    return isMap(value) && Object.values(value).every((item) => item === null) ? null : value;
  };
  return Object.keys(resource.args).filter((name) => !deepEqual(effective(olds, name), effective(news, name)));
}

function replaceKind(before: Value | undefined, after: Value | undefined): proto.PropertyDiff.Kind {
  if (before === undefined || before === null) return proto.PropertyDiff.Kind.ADD_REPLACE;
  return after === undefined || after === null
    ? proto.PropertyDiff.Kind.DELETE_REPLACE
    : proto.PropertyDiff.Kind.UPDATE_REPLACE;
}

function resourceOf(urn: string): RandomResource {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = resources[type];
  if (resource) return resource;
  throw new Error(
    `the stand-in provider does not support ${type}; install the official one: pulumi plugin install resource random`,
  );
}

function stateOf(resource: RandomResource, inputs: ValueMap, results: Properties): ValueMap {
  const values = resource.results.map((name): [string, Value] => {
    const value = (results[name] ?? null) as Value;
    return [name, resource.secrets.includes(name) ? secret(value) : value];
  });
  return { ...(resource.defaults as ValueMap), ...inputs, ...Object.fromEntries(values) };
}

function unknowns(resource: RandomResource): Properties {
  return Object.fromEntries(resource.results.map((name) => [name, Unknown.value]));
}

function known(args: ValueMap): Properties {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null && !(value instanceof Unknown)));
}

function hasType(value: Value, type: RandomResource["args"][string]): boolean {
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "map":
      return isMap(value);
    default:
      return typeof value === type;
  }
}
