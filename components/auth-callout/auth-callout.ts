import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Rule } from "../account-sync/permissions";
import type { CalloutKeys } from "../identity/callout-keys";
import { signingKey, xkeyKey } from "../identity/object-name";
import { clientLabel, commonLabels } from "../labels";
import { httpPort } from "../program/http-port";
import { Program } from "../program/program";
import { apart, probes } from "../program/service-pods";
import { scrapeAnnotations } from "../scrape-annotations";
import { calloutLabels, calloutName } from "./names";
import { networkPolicy } from "./network-policies";
import { calloutNamespacePermissions, clusterPermissions, verificationRoles } from "./permissions";

/** Which tenant ServiceAccounts belong to where no label of their namespace says so. */
export interface TenantMapping {
  readonly namespace: string;
  /** @default every one of the namespace */
  readonly serviceAccount?: string;
  readonly tenant: string;
}

/** Arguments of {@link AuthCallout} that are plain configuration. */
export interface AuthCalloutSettings {
  readonly replicas: number;
  /** The only audience a token may have. */
  readonly audience: string;
  /** Issuer of tokens. @default the one the cluster publishes */
  readonly issuer?: string;
  /** How tokens are verified: by their signature, or by asking the API server about each. */
  readonly verification: keyof typeof verificationRoles;
  /** Whether a token that is not bound to a pod is refused. */
  readonly requirePod: boolean;
  readonly mapping: readonly TenantMapping[];
}

/** Arguments of {@link AuthCallout}. */
export interface AuthCalloutArgs extends AuthCalloutSettings {
  /** Namespace of the platform's servers; the callout runs there, too. */
  readonly platformNamespace: pulumi.Input<string>;
  /** Namespace of the tenants' Secrets, with nothing else in it. */
  readonly calloutNamespace: pulumi.Input<string>;
  /** Such as `nats://nats.nats.svc.cluster.local:4222`. */
  readonly natsUrl: string;
  /** Secret with the `ca.crt` that signed the servers' certificate. @default the authorities Node knows */
  readonly caSecret?: string;
  /** Public key of account AUTH. */
  readonly accountId: pulumi.Input<string>;
  /** Secret with `nats.creds` of user `auth-callout`, in the platform's namespace. */
  readonly credsSecret: pulumi.Input<string>;
  /** What signs answers, and what servers encrypt to. */
  readonly keys: CalloutKeys;
  /** Image of Node, or one that has the service itself. */
  readonly image: string;
  /** The service: `services/auth-callout/main.ts` as CommonJS source of one file. @default the image has it */
  readonly code?: pulumi.Input<string>;
}

const folders = { creds: "/creds", signing: "/signing", xkey: "/xkey", ca: "/ca" } as const;

/**
 * The authorization callout: decides over logins by ServiceAccount tokens, in the name of account AUTH.
 * Its replicas share the logins; what it may do in Kubernetes and NATS is no more than it needs. Users of creds, those of the system
 * account among them, never depend on it.
 */
export class AuthCallout extends pulumi.ComponentResource {
  constructor(name: string, args: AuthCalloutArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:auth-callout:AuthCallout", name, {}, opts);
    const account = this.createServiceAccount(args);
    const policy = new k8s.networking.v1.NetworkPolicy(
      calloutName,
      { metadata: metadata(args), spec: networkPolicy.spec },
      { parent: this },
    );
    const { platformNamespace: namespace, image, code } = args;
    const program = new Program(
      name,
      { program: calloutName, namespace, labels: commonLabels, image, code },
      { parent: this },
    );
    this.createDeployment(args, program, account, policy);
    this.registerOutputs({});
  }

  private createServiceAccount(args: AuthCalloutArgs): k8s.core.v1.ServiceAccount {
    const account = new k8s.core.v1.ServiceAccount(
      calloutName,
      { metadata: metadata(args), automountServiceAccountToken: false },
      { parent: this },
    );
    const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace: account.metadata.namespace }];
    // Of the whole cluster, so an environment's own: its namespace is in the name.
    const clusterName = pulumi.interpolate`${args.platformNamespace}-${calloutName}`;
    const cluster = { name: clusterName, labels: commonLabels };
    const role = new k8s.rbac.v1.ClusterRole(
      calloutName,
      { metadata: cluster, rules: clusterPermissions },
      { parent: this },
    );
    this.bindCluster(calloutName, cluster, role.metadata.name, subjects);
    const verification = { ...cluster, name: pulumi.interpolate`${clusterName}-${args.verification}` };
    this.bindCluster(`${calloutName}-verification`, verification, verificationRoles[args.verification], subjects);
    this.grantInNamespace(args.calloutNamespace, calloutNamespacePermissions, subjects);
    return account;
  }

  private bindCluster(name: string, of: Metadata, role: pulumi.Input<string>, subjects: Subjects): void {
    new k8s.rbac.v1.ClusterRoleBinding(
      name,
      { metadata: of, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role }, subjects },
      { parent: this },
    );
  }

  private grantInNamespace(namespace: pulumi.Input<string>, rules: Rule[], subjects: Subjects): void {
    const of = { name: calloutName, namespace, labels: commonLabels };
    const role = new k8s.rbac.v1.Role(calloutName, { metadata: of, rules }, { parent: this });
    new k8s.rbac.v1.RoleBinding(
      calloutName,
      {
        metadata: of,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects,
      },
      { parent: this },
    );
  }

  private createDeployment(
    args: AuthCalloutArgs,
    program: Program,
    account: k8s.core.v1.ServiceAccount,
    policy: pulumi.Resource,
  ): void {
    const secrets = {
      [folders.creds]: args.credsSecret,
      [folders.signing]: args.keys.signingSecret,
      [folders.xkey]: args.keys.xkeySecret,
      ...(args.caSecret ? { [folders.ca]: args.caSecret } : {}),
    };
    new k8s.apps.v1.Deployment(
      calloutName,
      {
        metadata: metadata(args),
        spec: {
          replicas: args.replicas,
          // One more before one goes: who logs in meanwhile is not kept waiting.
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: calloutLabels },
          template: {
            metadata: {
              labels: { ...commonLabels, ...calloutLabels, ...clientLabel },
              // Keys are read at the start, so others are other pods.
              annotations: { ...scrapeAnnotations(httpPort), "nats-platform/keys-checksum": args.keys.checksum },
            },
            spec: {
              ...program.podSpec({
                env: environment(args),
                secrets,
                // Every login is a signature or two; bursts are short, so there is no limit on CPU.
                resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
                container: { ports: [{ name: "http", containerPort: httpPort }], ...probes },
              }),
              serviceAccountName: account.metadata.name,
              automountServiceAccountToken: true,
              affinity: apart(calloutLabels),
            },
          },
        },
      },
      { parent: this, dependsOn: [policy] },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      calloutName,
      { metadata: metadata(args), spec: { maxUnavailable: 1, selector: { matchLabels: calloutLabels } } },
      { parent: this },
    );
  }
}

type Metadata = k8s.types.input.meta.v1.ObjectMeta;
type Subjects = k8s.types.input.rbac.v1.Subject[];

function metadata({ platformNamespace: namespace }: AuthCalloutArgs) {
  return { name: calloutName, namespace, labels: commonLabels };
}

function environment(args: AuthCalloutArgs): k8s.types.input.core.v1.EnvVar[] {
  return [
    { name: "CALLOUT_NAMESPACE", value: args.calloutNamespace },
    { name: "AUDIENCE", value: args.audience },
    ...(args.issuer ? [{ name: "ISSUER", value: args.issuer }] : []),
    { name: "VERIFICATION", value: args.verification },
    { name: "REQUIRE_POD", value: String(args.requirePod) },
    { name: "MAPPING", value: JSON.stringify(args.mapping) },
    { name: "ACCOUNT_ID", value: args.accountId },
    { name: "SIGNING_FILE", value: `${folders.signing}/${signingKey}` },
    { name: "XKEY_FILE", value: `${folders.xkey}/${xkeyKey}` },
    { name: "NATS_URL", value: args.natsUrl },
    { name: "CREDS_FILE", value: `${folders.creds}/nats.creds` },
    ...(args.caSecret ? [{ name: "TLS_CA_FILE", value: `${folders.ca}/ca.crt` }] : []),
  ];
}
