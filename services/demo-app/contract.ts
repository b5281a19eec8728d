/** What the demo's two programs, the stack that deploys them and the command that shows what they saw agree on. */

/** Subject that the demo's Deployment answers, in a namespace. */
export function ordersSubject(namespace: string): string {
  return `${namespace}.orders`;
}

/** Subject that one tenant of the demo lets its apps use beyond their namespaces' own. */
export const sharedSubject = "shared.news";

/** One thing that the demo's CronJob tries. */
export interface Attempt {
  /** For people. */
  readonly question: string;
  /** `request`: ask and be answered; `publish` and `subscribe`: be let; `login`: connect with that token, none if it is empty. */
  readonly kind: "request" | "publish" | "subscribe" | "login";
  /** Subject; for a login the token. */
  readonly of: string;
  readonly expected: Outcome;
}

/** What came of an attempt. */
export type Outcome = "answered" | "allowed" | "refused";

/** A line that the CronJob prints. */
export interface AttemptResult {
  readonly question: string;
  readonly expected: Outcome;
  /** An {@link Outcome}, or what went wrong, in words. */
  readonly observed: string;
  readonly ok: boolean;
}

/** Everything an app of a namespace tries. @param sharing whether its tenant grants {@link sharedSubject} */
export function attempts(namespace: string, others: readonly string[], sharing: boolean): Attempt[] {
  const request = (of: string, expected: Outcome): Attempt => ({
    question: `ask ${of}`,
    kind: "request",
    of,
    expected,
  });
  const publish = (of: string, expected: Outcome): Attempt => ({
    question: `publish ${of}`,
    kind: "publish",
    of,
    expected,
  });
  const hear = (of: string, expected: Outcome): Attempt => ({
    question: `hear ${of}`,
    kind: "subscribe",
    of,
    expected,
  });
  return [
    request(ordersSubject(namespace), "answered"),
    ...others.map((other) => request(ordersSubject(other), "refused")),
    hear(`${namespace}.>`, "allowed"),
    ...others.map((other) => hear(`${other}.>`, "refused")),
    publish(sharedSubject, sharing ? "allowed" : "refused"),
    hear("_INBOX.>", "refused"),
    hear("$SYS.>", "refused"),
    publish("$JS.API.STREAM.CREATE.demo", "refused"),
    { question: "log in without a token", kind: "login", of: "", expected: "refused" },
    { question: "log in with garbage", kind: "login", of: "garbage", expected: "refused" },
  ];
}
