import { z } from "zod";
import { cpuFormat, durationFormat, parseCpu, parseDuration, parseSize, sizeFormat } from "../components/units";

/** Parts that the schemas of several kinds of stack are made of. */

/** Text that a parser takes. */
const parsed = (parse: (text: string) => unknown, format: string) =>
  z.string(`must be ${format}`).refine((text) => parse(text) !== undefined, `must be ${format}`);

export const size = parsed(parseSize, sizeFormat);
export const duration = parsed(parseDuration, durationFormat);
const cpu = parsed(parseCpu, cpuFormat);
export const containerResources = z.strictObject({ cpu, memory: size });

/** Name of a bucket or a stream. */
export const jetstreamName = z.string().regex(/^[-_a-zA-Z0-9]{1,100}$/, "must be at most 100 letters, digits, - and _");
/** Storage of JetStream over all replicas; 0 for none. */
export const storage = z.union(
  [z.literal(0), size],
  "must be 0 for none, or a whole number with a binary unit such as 1Gi",
);

/** A number of which there is at least one, and an end. */
export const count = z.int("must be a whole number").min(1, "must be 1 or more");
export const epoch = z.int("must be a whole number").min(1, "must be 1 or more; add 1 to rotate").default(1);
export const flag = (value: boolean) => z.boolean("must be true or false").default(value);
export const limit = z
  .int("must be a whole number")
  .refine((value) => value === -1 || value >= 1, "must be 1 or more, or -1 for unlimited")
  .optional();
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: at most 63 of a-z, 0-9 and -, not beginning or ending with -",
  );
/** A namespace that this program may make or build on. */
export const ownNamespace = dnsLabel.refine(
  (name) => name !== "default" && !name.startsWith("kube-"),
  "must be a namespace of its own, not one of Kubernetes",
);
/** Pulumi.yaml declares a default for every key; the empty string is its way to say "none". */
export const optionalName = z
  .string()
  .regex(/^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?)?$/, "must be the name of a Kubernetes object")
  .default("")
  .transform((text) => text || undefined);
export const optionalText = z
  .string()
  .default("")
  .transform((text) => text || undefined);
/** A tag says which version it is, to people and to policies; a digest that it is that one and no other. */
export const image = z
  .string()
  .regex(
    /^[a-z0-9][-\w.:/]*(:\w[-\w.]{0,127}|(?=@))(@sha256:[0-9a-f]{64})?$/,
    "must be an image with a tag or a digest: repository:tag, or repository:tag@sha256:<64 hex digits>",
  );
