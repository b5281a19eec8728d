import { generateKeyPair, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { makePrivateDir, writePrivateFile } from "../state";
import { run } from "./command";
import type { ClusterLayout } from "./layout";

/** Ten years: the cluster belongs to one machine and is made anew with one command, so nothing renews certificates. */
const validityDays = 3650;

/** A certificate to be issued by the cluster's authority. */
export interface CertificateRequest {
  /** File name without ending: `<file>.crt` and `<file>.key`. */
  readonly file: string;
  /** Common name: for clients, the user in Kubernetes. */
  readonly commonName: string;
  /** Organization: for clients, the group in Kubernetes. */
  readonly organization?: string;
  /** What it may be used for. */
  readonly usage: "clientAuth" | "serverAuth";
  /** Names and addresses of a server, in OpenSSL's form (`DNS:...`, `IP:...`). */
  readonly subjectAltNames?: readonly string[];
}

/** Every identity of the cluster. Each component has one of its own, bound to the least it needs. */
export function certificateRequests(layout: ClusterLayout): CertificateRequest[] {
  const client = (file: string, commonName: string, organization?: string): CertificateRequest => ({
    file,
    commonName,
    organization,
    usage: "clientAuth",
  });
  const service = "kubernetes.default.svc";
  return [
    {
      file: "kube-apiserver",
      commonName: "kube-apiserver",
      usage: "serverAuth",
      subjectAltNames: [
        `IP:${layout.controlPlane.address}`,
        `IP:${layout.apiServiceAddress}`,
        "DNS:localhost",
        "DNS:kubernetes",
        "DNS:kubernetes.default",
        `DNS:${service}`,
        `DNS:${service}.cluster.local`,
      ],
    },
    client("apiserver-kubelet-client", "kube-apiserver-kubelet-client"),
    client("admin", "admin", "system:masters"),
    client("kube-controller-manager", "system:kube-controller-manager"),
    client("kube-scheduler", "system:kube-scheduler"),
    client("volume-provisioner", "nats-platform:volume-provisioner"),
    client("kube-proxy", "system:kube-proxy"),
    client("calico", "nats-platform:calico"),
    ...layout.nodes.flatMap((node) => [
      client(`${node.name}-kubelet`, `system:node:${node.name}`, "system:nodes"),
      {
        file: `${node.name}-kubelet-server`,
        commonName: node.name,
        usage: "serverAuth" as const,
        subjectAltNames: [`IP:${node.address}`, `DNS:${node.name}`],
      },
    ]),
  ];
}

/**
 * Makes the cluster's authority, certificates, service account key and the key Secrets are encrypted with, unless they exist.
 * All keys are 0600 in a 0700 folder; the folder appears complete or not at all.
 * @throws {Error} if OpenSSL 3 is not there
 */
export async function ensureCertificates(layout: ClusterLayout): Promise<void> {
  if (fs.existsSync(layout.pki)) {
    if (fs.existsSync(path.join(layout.pki, "ca.crt"))) return;
    fs.rmSync(layout.pki, { recursive: true });
  }
  const folder = `${layout.pki}.partial`;
  fs.rmSync(folder, { recursive: true, force: true });
  makePrivateDir(folder);
  const key = (file: string) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file];
  const inFolder = (file: string) => path.join(folder, file);
  const authority = ["-subj", `/CN=nats-platform-${layout.name}`, "-days", String(validityDays)];
  const uses = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await run("openssl", ["req", "-x509", ...key(inFolder("ca.key")), "-out", inFolder("ca.crt"), ...authority, ...uses]);
  const issue = (request: CertificateRequest) => [
    ...["req", "-x509", "-CA", inFolder("ca.crt"), "-CAkey", inFolder("ca.key"), "-days", String(validityDays)],
    ...key(inFolder(`${request.file}.key`)),
    ...["-out", inFolder(`${request.file}.crt`), "-subj", subject(request)],
    ...["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature"],
    ...["-addext", `extendedKeyUsage=${request.usage}`],
    ...(request.subjectAltNames ? ["-addext", `subjectAltName=${request.subjectAltNames.join(",")}`] : []),
  ];
  await Promise.all([
    ...certificateRequests(layout).map((request) => run("openssl", issue(request))),
    writeServiceAccountKeys(folder),
  ]);
  writePrivateFile(inFolder("encryption.yaml"), encryptionConfiguration(randomBytes(32)));
  for (const file of fs.readdirSync(folder)) fs.chmodSync(inFolder(file), 0o600);
  fs.renameSync(folder, layout.pki);
}

/** Secrets are encrypted in etcd; everything else is stored as it is. */
export function encryptionConfiguration(secret: Uint8Array): string {
  return JSON.stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [
          { secretbox: { keys: [{ name: "key1", secret: Buffer.from(secret).toString("base64") }] } },
          { identity: {} },
        ],
      },
    ],
  });
}

/** RSA, because every library that verifies tokens of service accounts knows RS256. */
async function writeServiceAccountKeys(folder: string): Promise<void> {
  const pair = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  writePrivateFile(path.join(folder, "service-account.key"), pair.privateKey);
  writePrivateFile(path.join(folder, "service-account.pub"), pair.publicKey);
}

function subject(request: CertificateRequest): string {
  return `${request.organization ? `/O=${request.organization}` : ""}/CN=${request.commonName}`;
}
