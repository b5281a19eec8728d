/** What `prove-isolation`'s two halves, the command and the probes it runs as pods, agree on. */

/**
 * What came of one question.
 * `open`, `closed`, or `silent` where a connection is taken and nothing said: a port. `accepted`, `refused`: creds. `isolated`, `crossed`: accounts.
 * `heard`: a control of the witness. `skipped`: it cannot be asked here, for a reason that is no fault. `unknown`: it was asked, and nothing is proven.
 */
export type Observed =
  | "open"
  | "closed"
  | "silent"
  | "accepted"
  | "refused"
  | "isolated"
  | "crossed"
  | "heard"
  | "skipped"
  | "unknown";

/** What a probe prints, a line of JSON for each question it was told. */
export interface Answer {
  /** As the question's. */
  readonly id: string;
  readonly observed: Observed;
  /** One line for people: what was seen. Never a secret. */
  readonly detail: string;
  /** Version of the nats-server that answered, where one did. */
  readonly version?: string;
}

/** Addresses, and the ports to try at each. */
export interface ReachTask {
  /** Hosts by id, see {@link reachId}. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly ports: readonly ReachPort[];
}

/** A port of a {@link ReachTask}. */
export interface ReachPort {
  readonly port: number;
  /** Whether a nats-server that listens there speaks first. */
  readonly greets: boolean;
  /** Whether it should be open, and so is waited for: policies on other nodes take a moment to learn of a fresh pod. */
  readonly awaited: boolean;
}

/** Id of the question whether a port of a host is reached. */
export function reachId(host: string, port: number): string {
  return `reach ${host} ${port}`;
}

/** Where creds are mounted. */
export interface CredsFolder {
  /** Folder with file `nats.creds`. */
  readonly folder: string;
  /** Name of the Secret it comes from, for messages. */
  readonly secret: string;
}

/** A host and a client port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How servers whose client port has a certificate are spoken to. */
export interface Tls {
  /** Name the certificate is for. */
  readonly serverName: string;
  /** PEM text of the authority that signed it. @default the system's authorities */
  readonly ca?: string;
}

/** An attempt to sign in at one server. */
export interface LoginQuestion {
  readonly id: string;
  readonly address: Address;
  readonly tls?: Tls;
  /** Creds to show. @default none */
  readonly creds?: CredsFolder;
}

/** A tenant whose account is tried on the platform. */
export interface AccountTenant {
  /** Id of the tenant. */
  readonly id: string;
  /** Public key of its account. */
  readonly account: string;
  readonly creds: CredsFolder;
}

/** What is asked of each pair of accounts: does anything of the owner's reach the asker this way? */
export const accountQuestions = [
  "same subject",
  ">",
  "_INBOX.>",
  "$SYS.>",
  "$SYS.REQ.*",
  "stream",
  "KV bucket",
] as const;

/** One of {@link accountQuestions}. */
export type AccountQuestion = (typeof accountQuestions)[number];

/** Two tenants, by their ids: what is the owner's should not reach the asker. */
export interface AccountPair {
  readonly asker: string;
  readonly owner: string;
}

/** Id of a question about a pair of accounts. */
export function accountId({ asker, owner }: AccountPair, question: AccountQuestion): string {
  return `account ${asker} ${owner} ${question}`;
}

/** The platform's servers, each by an address of its own. */
export interface Servers {
  readonly addresses: readonly Address[];
  readonly tls?: Tls;
}

/** What is tried with the creds of tenants on the platform. */
export interface AccountsTask {
  readonly servers: Servers;
  readonly tenants: readonly AccountTenant[];
  readonly pairs: readonly AccountPair[];
}

/** What the witness listens for with creds of the system account, while an {@link AccountsTask} runs elsewhere. */
export interface WitnessTask {
  readonly servers: Servers;
  readonly creds: CredsFolder;
  readonly tenants: readonly Pick<AccountTenant, "id" | "account">[];
}

/** Questions of the witness that are controls of {@link accountQuestions} of the same names. */
export type WitnessQuestion = Extract<AccountQuestion, "$SYS.>" | "$SYS.REQ.*">;

/** Id of the witness's answer about a tenant. */
export function witnessId(tenant: string, question: WitnessQuestion): string {
  return `witness ${tenant} ${question}`;
}

/** Id of the answer by which the witness tells that it listens. */
export const witnessReady = "witness ready";

/** Id of the answer by which the bystander tells that it listens; its detail is `<IPv4 address>:<port>`. */
export const bystanderReady = "bystander ready";

/** What a probe is told, as the JSON text of its `PROBE_SETTINGS`. It does all of it, one after the other. */
export interface ProbeSettings {
  /** Names everything this run makes; lower-case letters and digits only. */
  readonly runId: string;
  readonly reach?: readonly ReachTask[];
  readonly logins?: readonly LoginQuestion[];
  readonly accounts?: AccountsTask;
  readonly witness?: WitnessTask;
  /** Listen, and nothing else, until it is ended. */
  readonly bystander?: true;
}
