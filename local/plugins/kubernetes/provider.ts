import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { EngineLog } from "../rpc/engine";
import type { Provider } from "../rpc/server";
import { decodeProperties, encodeProperties, stripSecretsOfMap } from "../rpc/values";
import { constructChart } from "./chart/construct";
import { type Autonaming, checkInputs } from "./check";
import { checkProviderConfig, diffProviderConfig, readConfig } from "./config";
import { deleteResource } from "./delete";
import type { ChangeKind } from "./diff";
import { createResource, diffResource, readResource, updateResource } from "./resource";
import { openSession, type Session } from "./session";

const changeKinds: Record<ChangeKind, { inPlace: proto.PropertyDiff.Kind; replace: proto.PropertyDiff.Kind }> = {
  add: { inPlace: proto.PropertyDiff.Kind.ADD, replace: proto.PropertyDiff.Kind.ADD_REPLACE },
  delete: { inPlace: proto.PropertyDiff.Kind.DELETE, replace: proto.PropertyDiff.Kind.DELETE_REPLACE },
  update: { inPlace: proto.PropertyDiff.Kind.UPDATE, replace: proto.PropertyDiff.Kind.UPDATE_REPLACE },
};

/** The calls of the engine, translated: each unpacks its request, lets one function of this folder do the work, and packs the answer. */
export class KubernetesProvider implements Provider {
  readonly #cancel = new AbortController();
  #session: Promise<Session> | undefined;

  /** @param version of the official provider this one stands in for */
  constructor(
    readonly version: string,
    private readonly log: EngineLog,
  ) {}

  async checkConfig(request: proto.CheckRequest): Promise<proto.CheckResponse> {
    const response = new proto.CheckResponse();
    response.setInputs(request.getNews());
    const isDefault = /::default(_[\w.]+)?$/.test(request.getUrn());
    const failures = checkProviderConfig(stripSecretsOfMap(decodeProperties(request.getNews())), isDefault);
    response.setFailuresList(failures.map(({ property, reason }) => checkFailure(property, reason)));
    return response;
  }

  async diffConfig(request: proto.DiffRequest): Promise<proto.DiffResponse> {
    const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map((struct) =>
      stripSecretsOfMap(decodeProperties(struct)),
    );
    const { diffs, replaces } = diffProviderConfig(olds ?? {}, news ?? {});
    const response = new proto.DiffResponse();
    response.setChanges(
      diffs.length > 0 ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
    );
    response.setDiffsList(diffs);
    response.setReplacesList(replaces);
    return response;
  }

  async configure(request: proto.ConfigureRequest): Promise<proto.ConfigureResponse> {
    const variables = new Map(request.getVariablesMap().toArray());
    this.#session = openSession(readConfig(variables), this.log, this.#cancel.signal);
    await this.#session;
    const response = new proto.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setAcceptresources(true);
    response.setAcceptoutputs(false);
    response.setSupportspreview(true);
    response.setSupportsAutonamingConfiguration(true);
    return response;
  }

  async check(request: proto.CheckRequest): Promise<proto.CheckResponse> {
    const inputs = await checkInputs(await this.#open(), {
      urn: request.getUrn(),
      news: decodeProperties(request.getNews()),
      olds: decodeProperties(request.getOlds()),
      seed: request.getRandomseed_asU8(),
      autonaming: autonamingOf(request),
    });
    const response = new proto.CheckResponse();
    response.setInputs(encodeProperties(inputs));
    return response;
  }

  async diff(request: proto.DiffRequest): Promise<proto.DiffResponse> {
    const { changes, replaces, deleteBeforeReplace } = await diffResource(
      await this.#open(),
      decodeProperties(request.getOldInputs()),
      decodeProperties(request.getOlds()),
      decodeProperties(request.getNews()),
      request.getIgnorechangesList(),
      request.getUrn(),
    );
    const response = new proto.DiffResponse();
    const changed = changes.size > 0 || replaces.length > 0;
    response.setChanges(changed ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE);
    response.setHasdetaileddiff(true);
    for (const [path, { kind, replace }] of changes) {
      const property = new proto.PropertyDiff();
      property.setKind(changeKinds[kind][replace ? "replace" : "inPlace"]);
      property.setInputdiff(true);
      response.getDetaileddiffMap().set(path, property);
    }
    response.setReplacesList([...replaces]);
    response.setDeletebeforereplace(deleteBeforeReplace);
    return response;
  }

  async create(request: proto.CreateRequest): Promise<proto.CreateResponse> {
    const { id, state } = await createResource(await this.#open(), decodeProperties(request.getProperties()), {
      urn: request.getUrn(),
      preview: request.getPreview(),
      timeoutSeconds: request.getTimeout(),
    });
    const response = new proto.CreateResponse();
    response.setId(id);
    response.setProperties(encodeProperties(state));
    return response;
  }

  async read(request: proto.ReadRequest): Promise<proto.ReadResponse> {
    const { id, state, inputs } = await readResource(
      await this.#open(),
      request.getId(),
      request.getUrn(),
      decodeProperties(request.getProperties()),
      decodeProperties(request.getInputs()),
    );
    const response = new proto.ReadResponse();
    response.setId(id);
    if (id) {
      response.setProperties(encodeProperties(state));
      response.setInputs(encodeProperties(inputs));
    }
    return response;
  }

  async update(request: proto.UpdateRequest): Promise<proto.UpdateResponse> {
    const state = await updateResource(
      await this.#open(),
      decodeProperties(request.getOlds()),
      decodeProperties(request.getNews()),
      {
        urn: request.getUrn(),
        preview: request.getPreview(),
        timeoutSeconds: request.getTimeout(),
        ignoreChanges: request.getIgnorechangesList(),
      },
    );
    const response = new proto.UpdateResponse();
    response.setProperties(encodeProperties(state));
    return response;
  }

  async delete(request: proto.DeleteRequest): Promise<void> {
    const state = decodeProperties(request.getProperties());
    await deleteResource(await this.#open(), request.getUrn(), request.getId(), state, request.getTimeout());
  }

  async construct(request: proto.ConstructRequest): Promise<proto.ConstructResponse> {
    if (request.getType() !== "kubernetes:helm.sh/v4:Chart") {
      throw new Error(
        `the stand-in provider does not support ${request.getType()}; install the official one: pulumi plugin install resource kubernetes`,
      );
    }
    return constructChart(await this.#open(), request, this.version);
  }

  cancel(): void {
    this.#cancel.abort(new Error("the operation was cancelled"));
  }

  async #open(): Promise<Session> {
    if (!this.#session) throw new Error("the provider is not configured yet");
    return this.#session;
  }
}

function autonamingOf(request: proto.CheckRequest): Autonaming | undefined {
  const options = request.getAutonaming();
  if (!options) return undefined;
  const disabled = options.getMode() === proto.CheckRequest.AutonamingOptions.Mode.DISABLE;
  return { mode: disabled ? "disable" : "propose", proposedName: options.getProposedName() };
}

function checkFailure(property: string, reason: string): proto.CheckFailure {
  const failure = new proto.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}
