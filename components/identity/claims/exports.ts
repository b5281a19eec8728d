import { publicKeyProblem } from "../nkey";
import { nonEmpty } from "./limits";
import { subjectProblem } from "./permissions";

/** Something an account offers to others. */
export interface Export {
  readonly name: string;
  readonly subject: string;
  readonly type: "stream" | "service";
  /** How many answers a service gives to one request. @default "Singleton" */
  readonly responseType?: "Singleton" | "Stream" | "Chunked";
  /** Position, from 1, of the `*` token that must be the importing account's id. @default none */
  readonly accountTokenPosition?: number;
  /** Whether importing needs an activation token. @default false */
  readonly tokenRequired?: boolean;
  readonly description?: string;
  readonly infoUrl?: string;
}

/** Something an account takes from another. */
export interface Import {
  readonly name: string;
  /** Subject in the exporting account. */
  readonly subject: string;
  /** Public key of the exporting account. */
  readonly account: string;
  readonly type: "stream" | "service";
  /** Subject in this account. @default the same */
  readonly localSubject?: string;
  /** Activation token, when the export requires one. */
  readonly token?: string;
}

const infoUrl = "https://docs.nats.io/nats-server/configuration/sys_accounts";

/** What nsc lets a system account export: to every account, monitoring of itself only. */
export const systemAccountExports: readonly Export[] = [
  {
    name: "account-monitoring-services",
    subject: "$SYS.REQ.ACCOUNT.*.*",
    type: "service",
    responseType: "Stream",
    accountTokenPosition: 4,
    description: "Request account specific monitoring services for: SUBSZ, CONNZ, LEAFZ, JSZ and INFO",
    infoUrl,
  },
  {
    name: "account-monitoring-streams",
    subject: "$SYS.ACCOUNT.*.>",
    type: "stream",
    accountTokenPosition: 3,
    description: "Account specific monitoring stream",
    infoUrl,
  },
];

/** The `exports` claim: sorted by subject, fields in the order nsc writes them; undefined if there are none. */
export function exportsClaim(exports: readonly Export[] = []): readonly object[] | undefined {
  return nonEmpty(
    [...exports].sort(bySubject).map((item) => ({
      name: item.name,
      subject: item.subject,
      type: item.type,
      token_req: item.tokenRequired || undefined,
      response_type: item.responseType,
      account_token_position: item.accountTokenPosition,
      description: item.description,
      info_url: item.infoUrl,
    })),
  );
}

/** The `imports` claim: sorted by subject, fields in the order nsc writes them; undefined if there are none. */
export function importsClaim(imports: readonly Import[] = []): readonly object[] | undefined {
  return nonEmpty(
    [...imports].sort(bySubject).map((item) => ({
      name: item.name,
      subject: item.subject,
      account: item.account,
      token: item.token,
      local_subject: item.localSubject,
      type: item.type,
    })),
  );
}

/** What is wrong with exports; empty if nothing. */
export function exportsProblems(exports: readonly Export[] = []): string[] {
  return exports.flatMap((item) => {
    const label = `export "${item.name}"`;
    const problems = [subjectProblem(`${label} subject`, item.subject)];
    const position = item.accountTokenPosition;
    if (position !== undefined && item.subject.split(".")[position - 1] !== "*") {
      problems.push(
        `${label} has accountTokenPosition ${position}, which must be the position of a * in ${item.subject}`,
      );
    }
    if (item.responseType !== undefined && item.type !== "service") {
      problems.push(`${label} has a responseType, which only a service has`);
    }
    return problems.filter((problem) => problem !== undefined);
  });
}

/** What is wrong with imports; empty if nothing. */
export function importsProblems(imports: readonly Import[] = []): string[] {
  return imports
    .flatMap((item) => [
      subjectProblem(`import "${item.name}" subject`, item.subject),
      publicKeyProblem(`import "${item.name}" account`, "account", item.account),
    ])
    .filter((problem) => problem !== undefined);
}

function bySubject(a: { readonly subject: string }, b: { readonly subject: string }): number {
  if (a.subject === b.subject) return 0;
  return a.subject < b.subject ? -1 : 1;
}
