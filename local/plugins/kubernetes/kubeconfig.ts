import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

/** Where a cluster is and how to log in. */
export interface Connection {
  /** Base URL of the API server. */
  readonly server: string;
  readonly tls: TlsOptions;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** What authenticates a request; asked for each one, so that short-lived tokens are renewed. */
  credentials(): Promise<Credentials>;
}

export interface TlsOptions {
  readonly ca?: Buffer;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

export interface Credentials {
  readonly headers: Record<string, string>;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Which kubeconfig, and what of it. Everything is optional: the environment's kubeconfig and its current context are the default. */
export interface KubeconfigChoice {
  /** Path of a kubeconfig file or its content (YAML or JSON). @default $KUBECONFIG, else ~/.kube/config */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly namespace?: string;
}

/** A kubeconfig as far as it is read here. */
export interface Kubeconfig {
  readonly "current-context"?: string;
  readonly clusters?: readonly { name: string; cluster: Fields }[];
  readonly users?: readonly { name: string; user: Fields }[];
  readonly contexts?: readonly { name: string; context: Fields }[];
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {Error} if no kubeconfig is found, it does not parse, or it lacks what is asked for; the message names what and where */
export function loadConnection(choice: KubeconfigChoice, env: NodeJS.ProcessEnv = process.env): Connection {
  const config = choice.kubeconfig ? parseKubeconfig(choice.kubeconfig) : ambientKubeconfig(env);
  const contextName = choice.context || config["current-context"];
  if (!contextName) throw new Error("the kubeconfig has no current-context; set kubernetes:context");
  const context = config.contexts?.find((entry) => entry.name === contextName)?.context;
  if (!context)
    throw new Error(`context "${contextName}" does not exist in the kubeconfig; it has ${names(config.contexts)}`);
  const clusterName = choice.cluster || text(context.cluster);
  const cluster = config.clusters?.find((entry) => entry.name === clusterName)?.cluster;
  if (!cluster)
    throw new Error(`cluster "${clusterName}" does not exist in the kubeconfig; it has ${names(config.clusters)}`);
  const server = text(cluster.server);
  if (!server) throw new Error(`cluster "${clusterName}" of the kubeconfig names no server`);
  const user = config.users?.find((entry) => entry.name === context.user)?.user ?? {};
  return {
    server: server.replace(/\/+$/, ""),
    tls: {
      ca: fileOrData(cluster, "certificate-authority"),
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
      servername: text(cluster["tls-server-name"]) || undefined,
    },
    namespace: choice.namespace || text(context.namespace) || "default",
    credentials: credentialsOf(user),
  };
}

/** Parses a kubeconfig given as a path (`~` is the home directory) or as content. Paths inside a file are made absolute. */
export function parseKubeconfig(pathOrContent: string): Kubeconfig {
  const file = pathOrContent.replace(/^~(?=$|\/)/, os.homedir());
  if (!file.includes("\n") && fs.existsSync(file))
    return withAbsolutePaths(parseContent(fs.readFileSync(file, "utf8")), file);
  return parseContent(pathOrContent);
}

function parseContent(content: string): Kubeconfig {
  const config: unknown = parse(content);
  if (typeof config !== "object" || config === null) {
    throw new Error("the kubeconfig is neither an existing file nor YAML with clusters, users and contexts");
  }
  return config as Kubeconfig;
}

/** The files of $KUBECONFIG merged as kubectl merges them: of entries with one name the first counts. */
function ambientKubeconfig(env: NodeJS.ProcessEnv): Kubeconfig {
  const files = (env.KUBECONFIG || path.join(env.HOME || os.homedir(), ".kube", "config"))
    .split(path.delimiter)
    .filter(Boolean);
  const configs = files.filter((file) => fs.existsSync(file)).map(parseKubeconfig);
  if (configs.length === 0) throw new Error(`no kubeconfig: ${files.join(", ")} does not exist`);
  return {
    "current-context": configs.map((config) => config["current-context"]).find(Boolean),
    clusters: configs.flatMap((config) => config.clusters ?? []),
    users: configs.flatMap((config) => config.users ?? []),
    contexts: configs.flatMap((config) => config.contexts ?? []),
  };
}

function withAbsolutePaths(config: Kubeconfig, file: string): Kubeconfig {
  const dir = path.dirname(path.resolve(file));
  const absolute = (fields: Fields, ...keys: string[]): Fields => ({
    ...fields,
    ...Object.fromEntries(
      keys.filter((key) => text(fields[key])).map((key) => [key, path.resolve(dir, text(fields[key]))]),
    ),
  });
  return {
    ...config,
    clusters: config.clusters?.map((entry) => ({
      ...entry,
      cluster: absolute(entry.cluster, "certificate-authority"),
    })),
    users: config.users?.map((entry) => ({
      ...entry,
      user: absolute(entry.user ?? {}, "client-certificate", "client-key", "tokenFile"),
    })),
  };
}

function credentialsOf(user: Fields): () => Promise<Credentials> {
  if (user.exec) return execCredentials(user.exec as Fields);
  const certificate = { cert: fileOrData(user, "client-certificate"), key: fileOrData(user, "client-key") };
  return async () => ({ ...certificate, headers: authorization(user) });
}

function authorization(user: Fields): Record<string, string> {
  const token = text(user.tokenFile) ? fs.readFileSync(text(user.tokenFile), "utf8").trim() : text(user.token);
  if (token) return { authorization: `Bearer ${token}` };
  if (!text(user.username)) return {};
  const basic = Buffer.from(`${text(user.username)}:${text(user.password)}`).toString("base64");
  return { authorization: `Basic ${basic}` };
}

/** Credentials from a program (client.authentication.k8s.io), kept until they expire. */
function execCredentials(exec: Fields): () => Promise<Credentials> {
  let kept: { credentials: Credentials; until: number } | undefined;
  return async () => {
    if (kept && Date.now() < kept.until) return kept.credentials;
    const env = (exec.env ?? []) as readonly { name: string; value: string }[];
    const info = { apiVersion: exec.apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    const { stdout } = await promisify(execFile)(text(exec.command), (exec.args ?? []) as string[], {
      env: {
        ...process.env,
        ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      },
    });
    const status = (JSON.parse(stdout) as { status?: Record<string, string> }).status ?? {};
    const pem = (value: string | undefined): Buffer | undefined => (value ? Buffer.from(value) : undefined);
    const credentials: Credentials = {
      headers: status.token ? { authorization: `Bearer ${status.token}` } : {},
      cert: pem(status.clientCertificateData),
      key: pem(status.clientKeyData),
    };
    const expires = status.expirationTimestamp
      ? Date.parse(status.expirationTimestamp) - 30_000
      : Number.POSITIVE_INFINITY;
    kept = { credentials, until: expires };
    return credentials;
  };
}

function fileOrData(fields: Fields, key: string): Buffer | undefined {
  const data = text(fields[`${key}-data`]);
  if (data) return Buffer.from(data, "base64");
  const file = text(fields[key]);
  return file ? fs.readFileSync(file) : undefined;
}

function names(entries: readonly { name: string }[] | undefined): string {
  return entries?.map((entry) => `"${entry.name}"`).join(", ") || "none";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
