import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { encodeProperties, type ValueMap } from "./values";

/** Messages of the engine are not limited in size; a large chart or state must pass. */
export const channelOptions = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** What a provider does, one function for each call of the engine. Throwing fails the call with the error's message. */
export interface Provider {
  readonly version: string;
  checkConfig(request: proto.CheckRequest): Promise<proto.CheckResponse>;
  diffConfig(request: proto.DiffRequest): Promise<proto.DiffResponse>;
  configure(request: proto.ConfigureRequest): Promise<proto.ConfigureResponse>;
  check(request: proto.CheckRequest): Promise<proto.CheckResponse>;
  diff(request: proto.DiffRequest): Promise<proto.DiffResponse>;
  create(request: proto.CreateRequest): Promise<proto.CreateResponse>;
  read(request: proto.ReadRequest): Promise<proto.ReadResponse>;
  update(request: proto.UpdateRequest): Promise<proto.UpdateResponse>;
  delete(request: proto.DeleteRequest): Promise<void>;
  /** Absent: the provider has no components. */
  construct?(request: proto.ConstructRequest): Promise<proto.ConstructResponse>;
  /** Asks every running operation to end soon, with an error. */
  cancel(): void;
}

/** The resource exists, but the operation did not bring it where it should be; the engine records its state and the reasons. */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    message: string,
    readonly reasons: readonly string[],
    readonly state: ValueMap,
    readonly inputs?: ValueMap,
  ) {
    super(message);
  }
}

/**
 * Serves a provider on a free port of the loopback interface and prints that port, as the engine expects.
 * Ends with the engine: a provider whose parent process is gone exits.
 */
export async function serve(provider: Provider): Promise<void> {
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceProviderService, handlers(provider));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  process.stdout.write(`${port}\n`);
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
  }, 2000).unref();
}

function handlers(provider: Provider): grpc.UntypedServiceImplementation {
  const { construct } = provider;
  return {
    checkConfig: unary((request: proto.CheckRequest) => provider.checkConfig(request)),
    diffConfig: unary((request: proto.DiffRequest) => provider.diffConfig(request)),
    configure: unary((request: proto.ConfigureRequest) => provider.configure(request)),
    check: unary((request: proto.CheckRequest) => provider.check(request)),
    diff: unary((request: proto.DiffRequest) => provider.diff(request)),
    create: unary((request: proto.CreateRequest) => provider.create(request)),
    read: unary((request: proto.ReadRequest) => provider.read(request)),
    update: unary((request: proto.UpdateRequest) => provider.update(request)),
    delete: unary((request: proto.DeleteRequest) => provider.delete(request).then(() => new Empty())),
    ...(construct ? { construct: unary((request: proto.ConstructRequest) => construct.call(provider, request)) } : {}),
    cancel: unary(async () => {
      provider.cancel();
      return new Empty();
    }),
    getPluginInfo: unary(async () => {
      const info = new PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
  };
}

function unary<Request, Response>(
  run: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    run(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

/** The gRPC error the engine understands; a {@link PartialFailure} carries its details the way Go's gRPC encodes them. */
function serviceError(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof PartialFailure)) return { code: grpc.status.UNKNOWN, details: message };
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setReasonsList([...error.reasons]);
  detail.setProperties(encodeProperties(error.state));
  if (error.inputs) detail.setInputs(encodeProperties(error.inputs));
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/**
 * Address of the engine, which it passes as the last argument.
 * @throws {Error} if it is missing: the program was started by hand
 */
export function engineAddress(argv: readonly string[]): string {
  const address = argv.at(-1);
  if (address && /^[\w.[\]:-]+:\d+$/.test(address)) return address;
  throw new Error("this is a Pulumi provider: the engine starts it, and passes its own address as the last argument");
}
