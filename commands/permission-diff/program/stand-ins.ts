import { createHash } from "node:crypto";

/** 2026-01-01T00:00:00Z in milliseconds, as the first 48 bits of a UUIDv7: every JWT is issued then, and how long it holds can be compared. */
const issuedAt = "019b76da-a800";

/**
 * What a provider would make up for a resource, as something that follows from the resource's name alone. Two runs of two versions of a program so
 * have the same keys, and what differs between their JWTs is what they say. No server knows these keys.
 * @param stack name of the stack
 * @returns outputs beside the inputs
 * @throws Error for a random resource that there is no stand-in for
 */
export function standInOutputs(
  stack: string,
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const digest = (encoding: "hex" | "base64") =>
    createHash("sha512").update(`${stack} ${type} ${name}`).digest(encoding);
  if (type === "random:index/randomPassword:RandomPassword") {
    return { result: digest("hex").repeat(4).slice(0, Number(inputs.length)) };
  }
  if (type === "random:index/randomUuid7:RandomUuid7") {
    const hex = digest("hex");
    return { result: `${issuedAt}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}` };
  }
  if (type === "random:index/randomBytes:RandomBytes") {
    const bytes = createHash("sha256").update(`${stack} ${name}`).digest();
    return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
  }
  if (type === "random:index/randomUuid:RandomUuid") {
    const hex = digest("hex");
    return {
      result: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`,
    };
  }
  if (type.startsWith("random:")) throw new Error(`there is no stand-in for ${type}, as which "${name}" is made`);
  const { metadata } = inputs;
  // Kubernetes' provider names what has no name after the resource.
  if (type.startsWith("kubernetes:") && isMap(metadata) && metadata.name === undefined) {
    return { metadata: { ...metadata, name } };
  }
  return {};
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
