import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { policies } from "../../../../policies/policies";

/** A resource as a program makes it. */
export interface Resource {
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Pulumi's name. */
  readonly name: string;
  readonly props: object;
  readonly protect?: boolean;
}

/** What the pack says. */
export interface Said {
  readonly policy: string;
  readonly level: "advisory" | "mandatory";
  readonly message: string;
  /** Pulumi's name of the resource. */
  readonly resource: string;
}

/** Settings and levels of policies in place of their defaults, by policy. */
export type PackConfig = Readonly<Record<string, object>>;

/** Stand for values that a preview does not know, in the engine's protocol. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownNumber = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";
export const unknownFlag = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";

/** A secret, in the engine's protocol. */
export function secret(value: object): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

const folder = join(__dirname, "../../../../policies");
const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");

/** The pack as the engine runs it: a process of its own, spoken to by the engine's protocol. */
export class Pack {
  private constructor(
    private readonly process: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  static async start(): Promise<Pack> {
    // The engine's address, which a pack has no use for.
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], { cwd: folder });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("exit", () => reject(new Error(`the pack does not start: ${said}`)));
    });
    return new Pack(child, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure()));
  }

  stop(): void {
    this.client.close();
    this.process.kill();
  }

  /** What all policies say of the resources of a stack, in the order of the policies' names. */
  async analyze(resources: readonly Resource[], config: PackConfig = {}): Promise<Said[]> {
    await this.configure(config);
    const said: Said[] = [];
    for (const resource of resources) said.push(...(await this.analyzeOne(resource)));
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(resources.map((resource) => fill(new proto.AnalyzerResource(), resource)));
    const response = await call<proto.AnalyzeResponse>((done) => this.client.analyzeStack(request, done));
    said.push(...diagnostics(response));
    return said.toSorted((one, other) => one.policy.localeCompare(other.policy));
  }

  /** The resources as policies at level `remediate` make them, as the engine does before it analyzes them. */
  async remediate(resources: readonly Resource[], config: PackConfig): Promise<Resource[]> {
    await this.configure(config);
    return Promise.all(
      resources.map(async (resource) => {
        const request = fill(new proto.AnalyzeRequest(), resource);
        const response = await call<proto.RemediateResponse>((done) => this.client.remediate(request, done));
        const last = response.getRemediationsList().at(-1);
        return last ? { ...resource, props: last.getProperties()?.toJavaScript() ?? {} } : resource;
      }),
    );
  }

  private async analyzeOne(resource: Resource): Promise<Said[]> {
    const request = fill(new proto.AnalyzeRequest(), resource);
    return diagnostics(await call((done) => this.client.analyze(request, done)), resource.name);
  }

  /** As the engine does: every setting's default, unless another value is given. */
  private async configure(config: PackConfig): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const { name, enforcementLevel, configSchema } of policies) {
      const defaults = Object.entries(configSchema?.properties ?? {}).map(([key, schema]) => [key, schema.default]);
      const settings = { ...Object.fromEntries(defaults), ...config[name] };
      const one = new proto.PolicyConfig();
      const level = (config[name] as { enforcementLevel?: string } | undefined)?.enforcementLevel ?? enforcementLevel;
      one.setEnforcementlevel(levels[level as keyof typeof levels]);
      one.setProperties(Struct.fromJavaScript(settings));
      request.getPolicyconfigMap().set(name, one);
    }
    await call((done) => this.client.configure(request, done));
  }
}

const levels = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
  remediate: proto.EnforcementLevel.REMEDIATE,
};

function fill<Message extends proto.AnalyzeRequest | proto.AnalyzerResource>(message: Message, resource: Resource) {
  const { type, name, props, protect = false } = resource;
  const options = new proto.AnalyzerResourceOptions();
  options.setProtect(protect);
  options.setCustomtimeouts(new proto.AnalyzerResourceOptions.CustomTimeouts());
  message.setType(type);
  message.setName(name);
  message.setUrn(urnOf(type, name));
  message.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(props))));
  message.setOptions(options);
  return message;
}

function urnOf(type: string, name: string): string {
  return `urn:pulumi:dev::shop::${type}::${name}`;
}

function diagnostics(response: proto.AnalyzeResponse, resource = ""): Said[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    level: diagnostic.getEnforcementlevel() === 0 ? "advisory" : "mandatory",
    // The library puts the policy's description in a line before it.
    message: diagnostic.getMessage().split("\n").at(-1) ?? "",
    resource: diagnostic.getUrn().split("::").at(-1) || resource,
  }));
}

function call<Response>(
  start: (done: (error: Error | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => (error ? reject(error) : resolve(response)));
  });
}
