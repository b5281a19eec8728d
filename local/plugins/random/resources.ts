import { randomBytes, randomInt } from "node:crypto";
import { characterSets, generateText, type TextRules } from "./text";
import { uuidV4, uuidV7 } from "./uuid";

/** Arguments and results of a random resource. */
export type Properties = Record<string, unknown>;

/** A wrong argument and what is wrong with it. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** One type of random resource. A change of any argument makes a new value. */
export interface RandomResource {
  /** Arguments with the type each must have. */
  readonly args: Readonly<Record<string, "integer" | "boolean" | "string" | "map">>;
  readonly required: readonly string[];
  /** What an argument that is left out counts as. */
  readonly defaults: Properties;
  /** Names of the results. */
  readonly results: readonly string[];
  /** Results to be encrypted in the state. */
  readonly secrets: readonly string[];
  /** What is wrong beyond types. */
  validate(args: Properties): Failure[];
  generate(args: Properties): Properties;
  /** Id in the state, which is never encrypted: no secret may be in it. */
  id(results: Properties): string;
  /** Arguments and results that an imported id stands for. @throws {Error} if it stands for none */
  import(id: string): { args: Properties; results: Properties };
}

const noArgs = { required: [], defaults: {}, validate: () => [] };

const bytes: RandomResource = {
  args: { length: "integer", keepers: "map" },
  required: ["length"],
  defaults: {},
  results: ["base64", "hex"],
  secrets: ["base64", "hex"],
  validate: (args) => atLeastOne("length", args.length),
  generate: (args) => encodedBytes(randomBytes(Number(args.length))),
  // The official provider takes the bytes themselves for an id, in the clear. That much likeness is not wanted.
  id: () => "none",
  import: (id) => {
    const value = Buffer.from(id, "base64");
    if (value.length === 0 || value.toString("base64") !== id)
      throw new Error("the bytes to import are not base64 with padding");
    return { args: { length: value.length }, results: encodedBytes(value) };
  },
};

function encodedBytes(value: Buffer): Properties {
  return { base64: value.toString("base64"), hex: value.toString("hex") };
}

const identifier: RandomResource = {
  args: { byteLength: "integer", prefix: "string", keepers: "map" },
  required: ["byteLength"],
  defaults: {},
  results: ["b64Url", "b64Std", "hex", "dec"],
  secrets: [],
  validate: (args) => atLeastOne("byteLength", args.byteLength),
  generate: (args) => encodedId(randomBytes(Number(args.byteLength)), String(args.prefix ?? "")),
  id: (results) => Buffer.from(String(results.rawHex), "hex").toString("base64url"),
  import: (id) => {
    const comma = id.lastIndexOf(",");
    const [prefix, encoded] = [id.slice(0, Math.max(comma, 0)), id.slice(comma + 1)];
    const value = Buffer.from(encoded, "base64url");
    if (value.length === 0 || value.toString("base64url") !== encoded)
      throw new Error(`"${id}" is not [<prefix>,]<base64url>`);
    return { args: { byteLength: value.length, ...(prefix ? { prefix } : {}) }, results: encodedId(value, prefix) };
  },
};

function encodedId(value: Buffer, prefix: string): Properties {
  return {
    b64Url: prefix + value.toString("base64url"),
    b64Std: prefix + value.toString("base64"),
    hex: prefix + value.toString("hex"),
    dec: prefix + BigInt(`0x${value.toString("hex")}`).toString(),
    rawHex: value.toString("hex"),
  };
}

const integer: RandomResource = {
  args: { min: "integer", max: "integer", seed: "string", keepers: "map" },
  required: ["min", "max"],
  defaults: {},
  results: ["result"],
  secrets: [],
  validate: ({ min, max, seed }) => [
    ...(typeof min === "number" && typeof max === "number" && max < min
      ? [{ property: "max", reason: `the minimum (${min}) needs to be smaller than or equal to the maximum (${max})` }]
      : []),
    ...(seed
      ? [
          {
            property: "seed",
            reason: "a seeded number needs the official provider: pulumi plugin install resource random",
          },
        ]
      : []),
  ],
  generate: ({ min, max }) => ({ result: Number(min) + randomInt(Number(max) - Number(min) + 1) }),
  id: (results) => String(results.result),
  import: (id) => {
    const parts = id.split(",").map(Number);
    const [result, min, max] = parts;
    if (parts.length !== 3 || !parts.every(Number.isSafeInteger))
      throw new Error(`"${id}" is not <result>,<min>,<max>`);
    return { args: { min, max }, results: { result } };
  },
};

const textDefaults = {
  special: true,
  upper: true,
  lower: true,
  numeric: true,
  minNumeric: 0,
  minUpper: 0,
  minLower: 0,
  minSpecial: 0,
};

function text(secrets: readonly string[]): RandomResource {
  return {
    args: {
      ...{
        length: "integer",
        special: "boolean",
        upper: "boolean",
        lower: "boolean",
        numeric: "boolean",
        number: "boolean",
      },
      ...{
        minNumeric: "integer",
        minUpper: "integer",
        minLower: "integer",
        minSpecial: "integer",
        overrideSpecial: "string",
        keepers: "map",
      },
    },
    required: ["length"],
    defaults: textDefaults,
    results: ["result"],
    secrets,
    validate: (args) => {
      const rules = rulesOf(args);
      const minimum = rules.minNumeric + rules.minUpper + rules.minLower + rules.minSpecial;
      const none = characterSets(rules).length === 0;
      return [
        ...atLeastOne("length", args.length),
        ...(rules.length < minimum
          ? [
              {
                property: "length",
                reason: `must be at least the sum of minUpper, minLower, minNumeric and minSpecial, ${minimum}; got ${rules.length}`,
              },
            ]
          : []),
        ...(none
          ? [{ property: "special", reason: "at least one of special, upper, lower and numeric must be true" }]
          : []),
      ];
    },
    generate: (args) => ({ result: generateText(rulesOf(args)) }),
    id: (results) => (secrets.length > 0 ? "none" : String(results.result)),
    import: (id) => ({ args: { length: id.length, ...textDefaults }, results: { result: id } }),
  };
}

/** The rules with defaults; `number` is the old name of `numeric`. */
function rulesOf(args: Properties): TextRules {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  return { overrideSpecial: "", ...textDefaults, numeric: args.number ?? true, ...given } as unknown as TextRules;
}

function uuid(generate: () => string): RandomResource {
  return {
    ...noArgs,
    args: { keepers: "map" },
    results: ["result"],
    secrets: [],
    generate: () => ({ result: generate() }),
    id: (results) => String(results.result),
    import: (id) => {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error(`"${id}" is not a UUID`);
      return { args: {}, results: { result: id } };
    },
  };
}

/** Every type of this provider; those of the official one that are missing (RandomPet, RandomShuffle) are refused. */
export const resources: Readonly<Record<string, RandomResource>> = {
  "random:index/randomBytes:RandomBytes": bytes,
  "random:index/randomId:RandomId": identifier,
  "random:index/randomInteger:RandomInteger": integer,
  "random:index/randomPassword:RandomPassword": text(["result"]),
  "random:index/randomString:RandomString": text([]),
  "random:index/randomUuid:RandomUuid": uuid(uuidV4),
  "random:index/randomUuid4:RandomUuid4": uuid(uuidV4),
  "random:index/randomUuid7:RandomUuid7": uuid(uuidV7),
};

function atLeastOne(property: string, value: unknown): Failure[] {
  return typeof value === "number" && value < 1 ? [{ property, reason: `must be at least 1; got ${value}` }] : [];
}
