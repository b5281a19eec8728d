import {
  type AppPolicy,
  annotationPrefix,
  appInboxPrefix,
  subjectAnnotations,
} from "../../components/auth-callout/names";
import { appAccess } from "../../components/tenant/roles";
import { covers, readSubjects } from "./subjects";

/** What a workload may do. */
export interface AppPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** A ServiceAccount, as far as permissions follow from it. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Permissions of a workload, and what of its annotations was left out and why, a text each. */
export interface DerivedPermissions extends AppPermissions {
  readonly problems: readonly string[];
}

type Action = keyof typeof subjectAnnotations;

/**
 * What pods of a ServiceAccount may do: everything under their namespace's name, their own inboxes, and what annotations ask for as far as
 * the tenant grants it. A mistake narrows, it never widens.
 */
export function appPermissions(workload: Workload, policy: AppPolicy): DerivedPermissions {
  const { namespace, serviceAccount, annotations } = workload;
  const own = `${namespace}.>`;
  const publish = asked("publish", own, annotations, policy);
  const subscribe = asked("subscribe", own, annotations, policy);
  return {
    publish: [own, ...publish.subjects],
    subscribe: [own, `${appInboxPrefix(namespace, serviceAccount)}.>`, ...subscribe.subjects],
    problems: [...publish.problems, ...subscribe.problems, ...unknownAnnotations(annotations)],
  };
}

function asked(action: Action, own: string, annotations: Readonly<Record<string, string>>, policy: AppPolicy) {
  const name = subjectAnnotations[action];
  const text = annotations[name];
  if (text === undefined) return { subjects: [], problems: [] };
  const read = readSubjects(text);
  const denied = appAccess.permissions[action].deny ?? [];
  const subjects: string[] = [];
  const problems = read.problems.map((problem) => `annotation ${name}: ${problem}`);
  for (const subject of read.subjects.filter((one) => !covers(own, one))) {
    const forbidden = denied.find((pattern) => covers(pattern, subject));
    if (/^([*>]|_INBOX)/.test(subject)) {
      // Inboxes of other apps would be among them, which no deny list can name without this app's own.
      problems.push(
        `annotation ${name}: ${subject} takes in inboxes of others: begin it with a name that is not _INBOX`,
      );
    } else if (forbidden) {
      problems.push(`annotation ${name}: ${subject} is for no app (${forbidden}): use a user of the tenant's file`);
    } else if (policy[action].some((grant) => covers(grant, reach(action, subject)))) subjects.push(subject);
    else if (policy[action].includes(subject)) problems.push(`annotation ${name}: ${reachProblem(subject)}`);
    else problems.push(`annotation ${name}: the tenant does not grant ${subject}: ${remedy(action, policy)}`);
  }
  return { subjects, problems };
}

/**
 * What a permission comes to: a server that lets a client subscribe `a.*` lets it subscribe `a.>`, because it takes `>` for a token like any other.
 * https://github.com/nats-io/nats-server/blob/v2.14.2/server/client.go#L3270
 */
function reach(action: Action, subject: string): string {
  return action === "subscribe" ? subject.replace(/(?<=^|\.)\*$/, ">") : subject;
}

function reachProblem(subject: string): string {
  const all = reach("subscribe", subject);
  return `who may subscribe ${subject} may subscribe ${all}, which the tenant does not grant: name the subjects one by one, or ask its owner for ${all} in tenant.apps.subscribe`;
}

function remedy(action: Action, policy: AppPolicy): string {
  const granted = policy[action].join(", ") || "nothing";
  return `it grants ${granted}; ask its owner for tenant.apps.${action}`;
}

function unknownAnnotations(annotations: Readonly<Record<string, string>>): string[] {
  const known: readonly string[] = Object.values(subjectAnnotations);
  return Object.keys(annotations)
    .filter((name) => name.startsWith(annotationPrefix) && !known.includes(name))
    .map((name) => `annotation ${name} is not known: there are ${known.join(" and ")}`);
}
