import { createPrivateKey, createPublicKey, type JsonWebKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OpenidApi } from "@kubernetes/client-node";
import { type JWTPayload, SignJWT } from "jose";
import { kubeConfig } from "../../../commands/kubernetes";
import { defaultImages } from "../../../components/images";
import { clientLabel } from "../../../components/labels";
import { restrictedContainer, restrictedPod } from "../../../components/pod-security";
import { clusterPaths } from "../../../local/state";
import { cluster, core, eventually, target } from "./platform";

/** A pod that tokens are bound to. */
export interface Bearer {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly pod: string;
  readonly podUid: string;
}

/** Makes a ServiceAccount and a pod of it that does nothing. */
export async function createBearer(namespace: string, name: string): Promise<Bearer> {
  await core().createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  const container = {
    name: "rest",
    image: defaultImages.node,
    command: ["sleep", "100000"],
    resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { cpu: "50m", memory: "32Mi" } },
    securityContext: { ...restrictedContainer, capabilities: { drop: ["ALL"] } },
  };
  const body = {
    metadata: { name, labels: { ...clientLabel } },
    spec: {
      serviceAccountName: name,
      securityContext: restrictedPod,
      terminationGracePeriodSeconds: 0,
      containers: [container],
    },
  };
  const { metadata } = await core().createNamespacedPod({ namespace, body });
  return { namespace, serviceAccount: name, pod: name, podUid: metadata?.uid ?? "" };
}

/** Asks Kubernetes for a token. @param audiences an empty list for the default one, of the API server */
export async function requestToken(
  { namespace, serviceAccount, pod, podUid }: Bearer,
  { audiences = ["nats"], bound = true } = {},
): Promise<string> {
  const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: pod, uid: podUid };
  const spec = { audiences, expirationSeconds: 600, ...(bound ? { boundObjectRef } : {}) };
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
  const { status } = await core().createNamespacedServiceAccountToken({ namespace, name: serviceAccount, body });
  return status?.token ?? "";
}

/** Claims of a token, unverified. */
export function claimsOf(token: string): JWTPayload {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as JWTPayload;
}

/** The token with other claims, its signature left as it is. */
export function altered(token: string, change: object): string {
  const [header, , signature] = token.split(".");
  const payload = Buffer.from(JSON.stringify({ ...claimsOf(token), ...change })).toString("base64url");
  return `${header}.${payload}.${signature}`;
}

/** The token with its claims, signed by nothing at all. */
export function unsigned(token: string): string {
  return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`;
}

/** The token with its claims, signed with the cluster's public key as if it were a shared secret. */
export async function signedByPublicKey(token: string): Promise<string> {
  const api = kubeConfig(target).makeApiClient(OpenidApi);
  const { keys } = (await api.getServiceAccountIssuerOpenIDKeyset()) as unknown as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const [key] = keys;
  const pem = createPublicKey({ key: key as JsonWebKey, format: "jwk" }).export({ type: "spki", format: "pem" });
  const signer = new SignJWT(claimsOf(token)).setProtectedHeader({ alg: "HS256", kid: key?.kid });
  return signer.sign(Buffer.from(pem));
}

/** The token with other claims, signed by the cluster's own key: as the cluster would, had it other ideas. */
export async function signedByCluster(token: string, change: object): Promise<string> {
  const header = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
  const key = createPrivateKey(readFileSync(join(clusterPaths(cluster).pki, "service-account.key")));
  return new SignJWT({ ...claimsOf(token), ...change } as JWTPayload).setProtectedHeader(header).sign(key);
}

/** Waits until a pod is gone. */
export async function deletePod(namespace: string, name: string): Promise<void> {
  await core().deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
  await eventually("the pod is gone", async () => {
    const { items } = await core().listNamespacedPod({ namespace });
    return !items.some(({ metadata }) => metadata?.name === name);
  });
}
