import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the program asked for it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What the program finds in place. */
export interface Surroundings {
  /** Name of the stack. @default "test" */
  readonly stack?: string;
  /** Outputs of stacks that are referenced, by stack; those named in `secret` are secret. @default none */
  readonly stacks?: Readonly<Record<string, { readonly outputs: object; readonly secret?: readonly string[] }>>;
  /** Live state of Kubernetes objects that are read, by id. @default none */
  readonly objects?: Readonly<Record<string, object>>;
}

/**
 * Puts mocks in place of the engine and returns the list that every registered resource is added to.
 * Random resources get values that follow from their name and inputs; anything else that would need a provider's answer throws.
 */
export function recordResources({ stack = "test", stacks = {}, objects = {} }: Surroundings = {}): Registered[] {
  const registered: Registered[] = [];
  pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id }) {
        if (type === "pulumi:pulumi:StackReference") return { id: name, state: referenced(stacks, inputs) };
        if (id) return { id, state: objects[id] ?? notThere(`object ${id}`) };
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, ...randomOutputs(type, name, inputs) } };
      },
      call({ token }) {
        throw new Error(`the program asked a provider for ${token}`);
      },
    },
    "nats-platform",
    stack,
    undefined,
    "organization",
  );
  return registered;
}

function referenced(stacks: Required<Surroundings>["stacks"], { name }: Record<string, unknown>) {
  const [, , stack] = String(name).split("/");
  const { outputs, secret = [] } = stacks[stack ?? ""] ?? notThere(`stack ${name}`);
  return { name, outputs, secretOutputNames: secret };
}

function notThere(what: string): never {
  throw new Error(`there is no ${what}`);
}

function randomOutputs(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (type === "random:index/randomBytes:RandomBytes") {
    const bytes = createHash("sha256").update(name).digest();
    return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
  }
  if (type === "random:index/randomPassword:RandomPassword") {
    return { result: createHash("sha512").update(name).digest("hex").slice(0, Number(inputs.length)) };
  }
  if (type === "random:index/randomUuid7:RandomUuid7") {
    // 2026-01-01T00:00:00Z in the first 48 bits; the rest follows from the keepers.
    const tail = createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
    return { result: `019b76da-a800-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6, 18)}` };
  }
  if (type.startsWith("random:")) throw new Error(`no mock for ${type}`);
  return {};
}

/** Waits until the program has registered everything. */
export async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}
