import { type Field, type Keys, Misshapen, Undecided } from "./field";
import { type KubernetesObject, nameOf } from "./object";

/** Something that a policy does not allow. */
export interface Finding {
  readonly object: KubernetesObject;
  readonly message: string;
}

/** A policy could not tell, because this is not known yet. */
export interface Doubt {
  /** Properties, made plain, of the resource that it is in: another one, it may be, than was looked at. */
  readonly props: unknown;
  readonly keys: Keys;
}

/** What a policy finds: what is wrong, and what it could not tell. */
export class Findings {
  readonly found: Finding[] = [];
  readonly doubts: Doubt[] = [];

  /**
   * Notes that a field is not as it must be.
   * @param accepted what it must be, such as `must be true`
   * @param remedy what to do
   * @param shown the value, for the message; a value that may be secret is not shown but described
   */
  add(object: KubernetesObject, field: Field, accepted: string, remedy: string, shown = field.shown): void {
    const message = oneLine(`${object.kind} "${nameOf(object)}": ${field.path} is ${shown}; ${accepted}. ${remedy}`);
    // Several looks at one field find the same.
    const isKnown = this.found.some((one) => one.object === object && one.message === message);
    if (!isKnown) this.found.push({ object, message });
  }

  /** Looks at one thing after another: one that cannot be told hides no other. */
  each<T>(object: KubernetesObject, things: Iterable<T>, look: (thing: T) => void): void {
    for (const thing of things) this.try(object, () => look(thing));
  }

  /** Looks; what is not known yet is a doubt, what has a wrong shape is found. */
  try(object: KubernetesObject, look: () => void): void {
    try {
      look();
    } catch (error) {
      if (error instanceof Undecided) this.doubts.push({ props: error.props, keys: error.keys });
      else if (error instanceof Misshapen) {
        this.add(object, error.field, `must be ${error.expected}`, "Write it as Kubernetes' API has it.");
      } else throw error;
    }
  }
}

/** Names are a stranger's: what would end a line, or move a terminal's cursor, is written out. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
