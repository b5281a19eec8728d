import type { Lists } from "../../../policies/identity/subjects";
import { type Change, type Difference, type Presence, reversed } from "../change";
import { compareSettings, type Setting } from "./grade";
import type { Principal } from "./principals";
import { bounds, gained, overlapping } from "./subject-sets";

const actions = ["publish", "subscribe"] as const;

/** What NATS' principals may do on one side and not on the other; those that only one side has are listed apart. */
export function diffPrincipals(before: readonly Principal[], after: readonly Principal[]): Difference {
  const [old, current] = [byId(before), byId(after)];
  const changes = after.flatMap((one) => {
    const was = old.get(one.id);
    return was ? changesOf(was, one) : [];
  });
  return {
    changes,
    presences: [
      ...after.filter(({ id }) => !old.has(id)).map((one) => presence("new", one)),
      ...before.filter(({ id }) => !current.has(id)).map((one) => presence("removed", one)),
    ],
    gaps: [],
  };
}

const byId = (principals: readonly Principal[]) => new Map(principals.map((one) => [one.id, one]));

function changesOf(was: Principal, is: Principal): Change[] {
  const own = settingChanges(is, was.own, is.own);
  // What a role may do is told once, with the role.
  if (was.role !== undefined && was.role === is.role) return own;
  const settings = settingChanges(is, was.access.settings, is.access.settings);
  return [...gains(was, is), ...reversed(gains(is, was)), ...settings, ...own];
}

/** What the second may and the first may not. */
function gains(one: Principal, other: Principal): Change[] {
  const [was, is] = [one.access.permissions, other.access.permissions];
  return actions.flatMap((action) =>
    newSubjects(was[action], is[action]).map((subject): Change => {
      const { stack, who } = other;
      const [before, after] = [was, is].map((permissions) => around(permissions[action], subject));
      return { effect: "widens", stack, who, what: `${action} ${subject}`, before: before ?? "", after: after ?? "" };
    }),
  );
}

/** By what is written; and by what is the bound of what is not written, which a deny that goes gives way to. */
function newSubjects(was: Lists, is: Lists): string[] {
  return [...new Set([...gained(was, is), ...gained(bounds(was), bounds(is))])];
}

/** What lists say of a subject. */
function around({ allow = [">"], deny }: Lists, subject: string): string {
  const [allowed, denied] = [overlapping(allow, subject), overlapping(deny, subject)];
  if (allowed.length === 0) return "nothing";
  return denied.length === 0 ? allowed.join(", ") : `${allowed.join(", ")} except ${denied.join(", ")}`;
}

function settingChanges({ stack, who }: Principal, before: readonly Setting[], after: readonly Setting[]): Change[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [was, is] = [before, after].map((settings) => settings.find((setting) => setting.name === name)?.value);
    return compareSettings(was ?? notSet, is ?? notSet).map((change) => ({ stack, who, what: name, ...change }));
  });
}

/** Of a claim that one side does not know yet, or any more. */
const notSet: Setting["value"] = { amount: 0, shown: "not set" };

function presence(side: Presence["side"], { stack, who, role, access: { permissions } }: Principal): Presence {
  const subjects = actions.map((action) => `${action} ${listed(permissions[action])}`).join("; ");
  return { side, stack, who, what: role === undefined ? subjects : `role ${role}` };
}

function listed({ allow = [">"], deny }: Lists): string {
  const allowed = allow.join(", ") || "nothing";
  return deny.length === 0 ? allowed : `${allowed} except ${deny.join(", ")}`;
}
