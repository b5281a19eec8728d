import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the program asked for it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/**
 * Puts mocks in place of the engine and returns the list that every registered resource is added to.
 * Random resources get values that follow from their name and inputs; anything else that would need a provider's answer throws.
 */
export function recordResources(): Registered[] {
  const registered: Registered[] = [];
  pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        registered.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, ...randomOutputs(type, name, inputs) } };
      },
      call({ token }) {
        throw new Error(`the program asked a provider for ${token}`);
      },
    },
    "nats-platform",
    "test",
  );
  return registered;
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
