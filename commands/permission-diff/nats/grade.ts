/** Something beside subjects that decides what a principal may do, such as a limit. */
export interface Setting {
  readonly name: string;
  readonly value:
    | {
        /** More is more; without end is `Infinity`. */
        readonly amount: number;
        readonly shown: string;
      }
    | {
        /** Each item is something more that it may; `undefined` is anything. */
        readonly items: readonly string[] | undefined;
      }
    | {
        /** Each item is something that it may not. */
        readonly refused: readonly string[];
      };
}

/** How one setting differs. */
export interface SettingChange {
  readonly effect: "widens" | "narrows";
  readonly before: string;
  readonly after: string;
}

const anything = "any";

/** What changed from one to the other: nothing, one effect, or both, where some items went and others came. */
export function compareSettings(before: Setting["value"], after: Setting["value"]): SettingChange[] {
  if ("amount" in before && "amount" in after) {
    if (before.amount === after.amount) return [];
    const effect = after.amount > before.amount ? "widens" : "narrows";
    return [{ effect, before: before.shown, after: after.shown }];
  }
  if ("refused" in before && "refused" in after) {
    return effects(after.refused, before.refused, { before: show(before.refused), after: show(after.refused) });
  }
  const [was, is] = [itemsOf(before), itemsOf(after)];
  return effects(was, is, { before: show(was), after: show(is) });
}

type Items = readonly string[] | undefined;

function effects(was: Items, is: Items, shown: { readonly before: string; readonly after: string }): SettingChange[] {
  return [
    ...(isMore(was, is) ? [{ effect: "widens" as const, ...shown }] : []),
    ...(isMore(is, was) ? [{ effect: "narrows" as const, ...shown }] : []),
  ];
}

function itemsOf(value: Setting["value"]): Items {
  return "items" in value ? value.items : [];
}

function isMore(one: Items, other: Items): boolean {
  if (one === undefined) return false;
  return other === undefined || other.some((item) => !one.includes(item));
}

function show(items: Items): string {
  return items === undefined ? anything : items.join(", ") || "none";
}
