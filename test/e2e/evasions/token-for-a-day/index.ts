import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata, soundToken } from "../client";

/** Who has copied a token is that app until it expires. */
export const refusedBy = "token-lifetime";

export function program(): void {
  const token = { ...soundToken, expirationSeconds: 86_400 };
  new k8s.apps.v1.StatefulSet("web", { metadata, spec: { ...deployment({ token }), serviceName: "web" } });
}
