import * as grpc from "@grpc/grpc-js";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  type RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { channelOptions } from "./server";
import { encodeProperties, type ValueMap } from "./values";

/** A resource the engine has taken in; the id is empty while it is not known, and for components. */
export interface Registered {
  readonly urn: string;
  readonly id: string;
}

/** A resource to be managed by a provider. */
export interface CustomResource {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly properties: ValueMap;
  /** URNs of what it needs first. */
  readonly dependencies: readonly string[];
  /** Reference of its provider; empty: what the parent has, or the default one of `version`. */
  readonly provider: string;
  readonly version: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
}

/** The part of the engine to which a component's resources are made known. */
export interface Monitor {
  /** The component itself, with the options its program gave it. */
  registerComponent(request: ConstructRequest): Promise<Registered>;
  registerCustom(resource: CustomResource): Promise<Registered>;
  /** The component is complete. */
  registerOutputs(urn: string, outputs: ValueMap): Promise<void>;
  close(): void;
}

/** Connects to the monitor at `address` (host:port). */
export function connectMonitor(address: string): Monitor {
  const client = new ResourceMonitorClient(address, grpc.credentials.createInsecure(), channelOptions);
  const register = (request: RegisterResourceRequest): Promise<RegisterResourceResponse> =>
    new Promise((resolve, reject) => {
      client.registerResource(request, (error, response) => (error ? reject(error) : resolve(response)));
    });
  const send = async (request: RegisterResourceRequest): Promise<Registered> => {
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setAliasspecs(true);
    const response = await register(request);
    return { urn: response.getUrn(), id: response.getId() };
  };
  return {
    registerComponent: (request) => send(componentRequest(request)),
    registerCustom: (resource) => send(customRequest(resource)),
    registerOutputs: async (urn, outputs) => {
      const request = new RegisterResourceOutputsRequest();
      request.setUrn(urn);
      request.setOutputs(encodeProperties(outputs));
      await new Promise<void>((resolve, reject) => {
        client.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve()));
      });
    },
    close: () => client.close(),
  };
}

function componentRequest(from: ConstructRequest): RegisterResourceRequest {
  const request = new RegisterResourceRequest();
  request.setType(from.getType());
  request.setName(from.getName());
  request.setParent(from.getParent());
  request.setObject(encodeProperties({}));
  request.setAliasesList(from.getAliasesList());
  request.setDependenciesList(from.getDependenciesList());
  for (const [name, reference] of from.getProvidersMap().toArray()) request.getProvidersMap().set(name, reference);
  request.setAdditionalsecretoutputsList(from.getAdditionalsecretoutputsList());
  request.setIgnorechangesList(from.getIgnorechangesList());
  request.setReplaceonchangesList(from.getReplaceonchangesList());
  request.setDeletedwith(from.getDeletedwith());
  request.setReplaceWithList(from.getReplaceWithList());
  request.setParentstacktracehandle(from.getStackTraceHandle());
  const [protect, retain, deleteFirst] = [from.getProtect(), from.getRetainondelete(), from.getDeletebeforereplace()];
  if (protect !== undefined) request.setProtect(protect);
  if (retain !== undefined) request.setRetainondelete(retain);
  if (deleteFirst !== undefined) {
    request.setDeletebeforereplace(deleteFirst);
    request.setDeletebeforereplacedefined(true);
  }
  setTimeouts(request, from);
  setHooks(request, from);
  request.setReplacementTrigger(from.getReplacementTrigger());
  return request;
}

function setTimeouts(request: RegisterResourceRequest, from: ConstructRequest): void {
  const given = from.getCustomtimeouts();
  if (!given) return;
  const timeouts = new RegisterResourceRequest.CustomTimeouts();
  timeouts.setCreate(given.getCreate());
  timeouts.setUpdate(given.getUpdate());
  timeouts.setDelete(given.getDelete());
  request.setCustomtimeouts(timeouts);
}

function setHooks(request: RegisterResourceRequest, from: ConstructRequest): void {
  const given = from.getResourceHooks();
  if (!given) return;
  const hooks = new RegisterResourceRequest.ResourceHooksBinding();
  hooks.setBeforeCreateList(given.getBeforeCreateList());
  hooks.setAfterCreateList(given.getAfterCreateList());
  hooks.setBeforeUpdateList(given.getBeforeUpdateList());
  hooks.setAfterUpdateList(given.getAfterUpdateList());
  hooks.setBeforeDeleteList(given.getBeforeDeleteList());
  hooks.setAfterDeleteList(given.getAfterDeleteList());
  request.setHooks(hooks);
}

function customRequest(resource: CustomResource): RegisterResourceRequest {
  const request = new RegisterResourceRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setParent(resource.parent);
  request.setCustom(true);
  request.setObject(encodeProperties(resource.properties));
  request.setDependenciesList([...resource.dependencies]);
  request.setProvider(resource.provider);
  request.setVersion(resource.version);
  if (resource.protect !== undefined) request.setProtect(resource.protect);
  if (resource.retainOnDelete !== undefined) request.setRetainondelete(resource.retainOnDelete);
  return request;
}
