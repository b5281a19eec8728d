import type { Mutable } from "./cases";

type Keys = readonly [string | number, ...(string | number)[]];

/** A change that sets a field, making the maps on the way to it. */
export function set(keys: Keys, value: unknown): (resource: Mutable) => void {
  return ({ props }) => {
    const way = keys.slice(0, -1);
    const place = way.reduce((inner, key) => {
      inner[key] ??= {};
      return inner[key];
    }, props);
    place[keys.at(-1) as string] = value;
  };
}

/** A change that takes a field away. */
export function remove(keys: Keys): (resource: Mutable) => void {
  return ({ props }) => {
    const place = keys.slice(0, -1).reduce((inner, key) => inner[key], props);
    delete place[keys.at(-1) as string];
  };
}

/** A change that replaces a text within a text. */
export function replace(keys: Keys, from: string | RegExp, to: string): (resource: Mutable) => void {
  return (resource) => {
    const text: string = keys.reduce((inner, key) => inner[key], resource.props);
    set(keys, text.replace(from, to))(resource);
  };
}
