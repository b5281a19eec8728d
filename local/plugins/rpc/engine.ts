import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { channelOptions } from "./server";

export type Severity = "debug" | "info" | "warning" | "error";

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The engine's side of the conversation: messages a user sees beside the resource `urn` (empty: beside none). */
export interface EngineLog {
  /** A message that stays in the output. */
  log(severity: Severity, urn: string, message: string): void;
  /** A message of the moment, shown beside the resource until the next one; an empty one clears it. */
  status(severity: Severity, urn: string, message: string): void;
}

/** Sends messages to the engine at `address` (host:port). A message that cannot be delivered is dropped: logging never fails an operation. */
export function connectEngine(address: string): EngineLog {
  const client = new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);
  const send = (severity: Severity, urn: string, message: string, ephemeral: boolean): void => {
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    client.log(request, () => {});
  };
  return {
    log: (severity, urn, message) => send(severity, urn, message, false),
    status: (severity, urn, message) => send(severity, urn, message, true),
  };
}
