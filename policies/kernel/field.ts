/**
 * A value that is decided on only in a preview's future: the id of what is not made yet, and whatever follows from it.
 * @see https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/
 */
export const unknown: unique symbol = Symbol("unknown");

/** A policy needs a value that is not known yet. */
export class Undecided extends Error {
  override name = "Undecided";
  /** @param props of the resource that it is in */
  constructor(
    readonly keys: Keys,
    readonly props: unknown,
  ) {
    super(`${pathOf(keys)} is not known yet`);
  }
}

/** A value is of another shape than Kubernetes takes, such as a map where a list belongs: what it means cannot be told. */
export class Misshapen extends Error {
  override name = "Misshapen";
  constructor(
    readonly field: Field,
    readonly expected: string,
  ) {
    super(`${field.path} is ${field.shown}; must be ${expected}`);
  }
}

/** The way to a place: names of fields and indexes of items. */
export type Keys = readonly (string | number)[];

/**
 * A place in an object: its value, if there is one, and its path. Reading what is not known yet throws {@link Undecided}, reading what has another
 * shape {@link Misshapen}; what is missing reads as undefined, or as empty.
 */
export class Field {
  /** @param props of the resource that it is in. @default it is these itself */
  constructor(
    private readonly raw: unknown,
    readonly keys: Keys = [],
    private readonly props = raw,
  ) {}

  /** For messages, such as `spec.containers[0].image`. */
  get path(): string {
    return pathOf(this.keys);
  }

  /** The field of a name in this map. */
  at(...keys: readonly string[]): Field {
    return keys.reduce<Field>((field, key) => field.within(field.map()[key], key), this);
  }

  /** What is here; undefined for nothing, also where `null` is written. */
  get value(): unknown {
    if (this.raw === unknown) throw new Undecided(this.keys, this.props);
    return this.raw ?? undefined;
  }

  get isKnown(): boolean {
    return this.raw !== unknown;
  }

  get isThere(): boolean {
    return this.raw !== undefined && this.raw !== null;
  }

  /** The items of a list; none where nothing is. */
  list(): Field[] {
    const { value } = this;
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw new Misshapen(this, "a list");
    return value.map((item, index) => this.within(item, index));
  }

  /** The fields of a map, by name; none where nothing is. */
  entries(): [string, Field][] {
    return Object.entries(this.map())
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, this.within(value, key)]);
  }

  /** The map of texts that labels and selectors are. */
  texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entries().map(([key, field]) => [key, field.text() ?? ""]));
  }

  text(): string | undefined {
    const { value } = this;
    if (value === undefined || typeof value === "string") return value;
    throw new Misshapen(this, "text");
  }

  flag(): boolean | undefined {
    const { value } = this;
    if (value === undefined || typeof value === "boolean") return value;
    throw new Misshapen(this, "true or false");
  }

  number(): number | undefined {
    const { value } = this;
    if (value === undefined || typeof value === "number") return value;
    throw new Misshapen(this, "a number");
  }

  /** For messages. */
  get shown(): string {
    if (this.raw === unknown) return "not known yet";
    if (!this.isThere) return "missing";
    const text = JSON.stringify(this.raw, (_, value) => (value === unknown ? "(not known yet)" : value));
    return text.length > 120 ? `${text.slice(0, 119)}…` : text;
  }

  private within(value: unknown, key: string | number): Field {
    return new Field(value, [...this.keys, key], this.props);
  }

  private map(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (value === undefined) return {};
    if (typeof value !== "object" || Array.isArray(value)) throw new Misshapen(this, "a map");
    return value as Readonly<Record<string, unknown>>;
  }
}

function pathOf(keys: Keys): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path === "" ? key : `${path}.${key}`;
  }, "");
}
