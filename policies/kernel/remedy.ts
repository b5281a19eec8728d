import { type Field, Misshapen, Undecided } from "./field";

/** What a field must be. */
export interface Correction {
  readonly field: Field;
  readonly value: string | boolean;
}

/** What a remedy corrects: nothing where it would have to read what is not known yet, or has a wrong shape. Of that, the check speaks. */
export function correctionsOf(remedy: () => Correction[]): Correction[] {
  try {
    return remedy();
  } catch (error) {
    if (error instanceof Undecided || error instanceof Misshapen) return [];
    throw error;
  }
}

/** Writes a correction into a resource's properties, making the maps on the way to it. */
export function write(props: Record<string, unknown>, { field, value }: Correction): void {
  const keys = [...field.keys];
  const last = keys.pop() as string;
  const place = keys.reduce<Record<string, unknown>>((inner, key) => {
    inner[key] ??= {};
    return inner[key] as Record<string, unknown>;
  }, props);
  place[last] = value;
}
