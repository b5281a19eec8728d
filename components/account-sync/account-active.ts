import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tenantLabels } from "../labels";
import { Program } from "../program/program";
import { accountName } from "../tenant/names";
import { accountAskerLabel } from "./names";

/** Arguments of {@link AccountActive}. */
export interface AccountActiveArgs {
  /** Namespace of account-sync: its network policies admit these pods there. */
  readonly namespace: pulumi.Input<string>;
  /** Where account-sync is asked, such as `http://account-sync.nats.svc.cluster.local:8080`. */
  readonly url: pulumi.Input<string>;
  /** Id of the tenant whose account it is. */
  readonly tenant: string;
  /** SHA-256 of the account's JWT, in hex. */
  readonly digest: pulumi.Input<string>;
  /** The program that waits: `services/account-sync/wait/main.ts` as CommonJS source of one file. */
  readonly code: pulumi.Input<string>;
  /** Image of Node. */
  readonly image: string;
}

/** Seconds every server has to take the account: enough for one that is just starting. */
const timeoutSeconds = 60;

/**
 * Waits, by a Job, until an account's JWT is on every server it belongs on: `up` does not succeed before, and otherwise says which server
 * holds what. Another JWT is another Job; one that has failed is replaced by the next `up`.
 */
export class AccountActive extends pulumi.ComponentResource {
  constructor(name: string, args: AccountActiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:account-sync:AccountActive", name, {}, opts);
    const { tenant, namespace, url, digest, image, code } = args;
    const account = accountName(tenant);
    const objectName = `active-${account}`;
    const labels = { ...tenantLabels(tenant), "app.kubernetes.io/name": "account-active" };
    const program = new Program(name, { program: objectName, namespace, labels, image, code }, { parent: this });
    new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          name: pulumi.interpolate`${objectName}-${pulumi.output(digest).apply((hex) => hex.slice(0, 8))}`,
          namespace,
          labels,
          annotations: { "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          // What was not there in time is not there a second time; a pod that was evicted has not failed.
          backoffLimit: 0,
          podFailurePolicy: { rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] }] },
          template: {
            metadata: { labels: { ...labels, ...accountAskerLabel } },
            spec: {
              ...program.podSpec({
                env: [
                  { name: "STATUS_URL", value: pulumi.interpolate`${url}/accounts/${account}` },
                  { name: "DIGEST", value: digest },
                  { name: "TIMEOUT_SECONDS", value: String(timeoutSeconds) },
                ],
                resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "128Mi" } },
                // The table of servers shows in the pod's status, and so in what `up` prints.
                container: { terminationMessagePolicy: "FallbackToLogsOnError" },
              }),
              restartPolicy: "Never",
            },
          },
        },
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs({});
  }
}
