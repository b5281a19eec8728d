import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { writePrivateFile } from "../state";
import type { ClusterLayout } from "./layout";

/** Name of the context (and cluster) in every kubeconfig of a cluster. */
export function contextName(clusterName: string): string {
  return `nats-platform-${clusterName}`;
}

/**
 * Writes a kubeconfig with everything in it, mode 0600.
 * @param identity file name of the client certificate in the cluster's pki folder, without ending
 */
export function writeKubeconfig(layout: ClusterLayout, identity: string, file: string): void {
  const pem = (name: string) => fs.readFileSync(path.join(layout.pki, name)).toString("base64");
  const name = contextName(layout.name);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: layout.apiServer, "certificate-authority-data": pem("ca.crt") } }],
    users: [
      {
        name: `${name}-${identity}`,
        user: { "client-certificate-data": pem(`${identity}.crt`), "client-key-data": pem(`${identity}.key`) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: `${name}-${identity}` } }],
    "current-context": name,
  };
  writePrivateFile(file, stringify(config));
}
