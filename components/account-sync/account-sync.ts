import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { accountSyncLabels, clientLabel, commonLabels } from "../labels";
import { httpPort } from "../program/http-port";
import { Program } from "../program/program";
import { apart, probes } from "../program/service-pods";
import { scrapeAnnotations } from "../scrape-annotations";
import { accountSyncName, tombstonesSecretName } from "./names";
import { networkPolicies } from "./network-policies";
import { permissions, type Rule } from "./permissions";

/** Arguments of {@link AccountSync}. */
export interface AccountSyncArgs {
  /** Namespace of the platform's servers; account-sync runs there, too. */
  readonly platformNamespace: pulumi.Input<string>;
  /** Namespace of the accounts' Secrets, with nothing else in it: see permissions.ts. */
  readonly accountsNamespace: pulumi.Input<string>;
  /** Namespace of the tenants' instances. */
  readonly tenantsNamespace: string;
  /** Says who may sign accounts. Not secret: it holds public keys. */
  readonly operatorJwt: pulumi.Input<string>;
  /** Whether the platform has JetStream. */
  readonly jetstream: boolean;
  /** Secret with `nats.creds` of user `account-sync` of the system account, in the platform's namespace. */
  readonly credsSecret: pulumi.Input<string>;
  /** When clients of the platform use TLS. */
  readonly tls?: {
    /** Name the servers' certificate is for. */
    readonly serverName: string;
    /** Secret with the `ca.crt` that signed it. @default the authorities Node knows */
    readonly caSecret?: string;
  };
  /** The service: `services/account-sync/main.ts` as CommonJS source of one file. */
  readonly code: pulumi.Input<string>;
  /** Image of Node. */
  readonly image: string;
}

const credsDir = "/creds";
const caDir = "/ca";

/**
 * account-sync: brings the JWTs of the accounts' Secrets to every NATS server of the platform and of the tenants, keeps them there, and holds
 * the deletion of an account's Secret until every server has dropped the account.
 *
 * Two replicas, of which one acts; Kubernetes and NATS permissions are no more than it needs.
 */
export class AccountSync extends pulumi.ComponentResource {
  /** Where the status of accounts is asked, inside the cluster. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: AccountSyncArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:account-sync:AccountSync", name, {}, opts);
    const tombstones = this.createTombstones(args);
    const account = this.createServiceAccount(args);
    const policies = networkPolicies(args.tenantsNamespace).map(
      ({ name: policy, spec }) =>
        new k8s.networking.v1.NetworkPolicy(
          policy,
          { metadata: { name: policy, namespace: args.platformNamespace, labels: commonLabels }, spec },
          { parent: this },
        ),
    );
    const { platformNamespace: namespace, image, code } = args;
    const program = new Program(
      name,
      { program: accountSyncName, namespace, labels: commonLabels, image, code },
      { parent: this },
    );
    this.createDeployment(args, program, account, [tombstones, ...policies]);
    this.createService(args);
    this.url = pulumi.interpolate`http://${accountSyncName}.${args.platformNamespace}.svc.cluster.local:${httpPort}`;
    this.registerOutputs({ url: this.url });
  }

  /** Made here, so that the service need not be allowed to create Secrets; what is in it is the service's own. */
  private createTombstones({ accountsNamespace: namespace }: AccountSyncArgs) {
    return new k8s.core.v1.Secret(
      tombstonesSecretName,
      { metadata: { name: tombstonesSecretName, namespace, labels: commonLabels }, type: "Opaque" },
      { parent: this, ignoreChanges: ["data"] },
    );
  }

  private createServiceAccount(args: AccountSyncArgs): k8s.core.v1.ServiceAccount {
    const account = new k8s.core.v1.ServiceAccount(
      accountSyncName,
      {
        metadata: { name: accountSyncName, namespace: args.platformNamespace, labels: commonLabels },
        automountServiceAccountToken: false,
      },
      { parent: this },
    );
    this.grant("accounts", args.accountsNamespace, permissions.accounts, account);
    this.grant("platform", args.platformNamespace, permissions.platform, account);
    this.grant("tenants", args.tenantsNamespace, permissions.tenants, account);
    return account;
  }

  private grant(
    where: string,
    namespace: pulumi.Input<string>,
    rules: Rule[],
    account: k8s.core.v1.ServiceAccount,
  ): void {
    const metadata = { name: `${accountSyncName}-${where}`, namespace, labels: commonLabels };
    const role = new k8s.rbac.v1.Role(metadata.name, { metadata, rules }, { parent: this });
    new k8s.rbac.v1.RoleBinding(
      metadata.name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: account.metadata.namespace }],
      },
      { parent: this },
    );
  }

  private createDeployment(
    args: AccountSyncArgs,
    program: Program,
    account: k8s.core.v1.ServiceAccount,
    dependsOn: pulumi.Resource[],
  ): void {
    const metadata = { name: accountSyncName, namespace: args.platformNamespace, labels: commonLabels };
    new k8s.apps.v1.Deployment(
      accountSyncName,
      {
        metadata,
        spec: {
          replicas: 2,
          selector: { matchLabels: accountSyncLabels },
          template: {
            metadata: {
              labels: { ...commonLabels, ...accountSyncLabels, ...clientLabel },
              annotations: scrapeAnnotations(httpPort),
            },
            spec: {
              ...program.podSpec({
                env: environment(args),
                secrets: {
                  [credsDir]: args.credsSecret,
                  ...(args.tls?.caSecret ? { [caDir]: args.tls.caSecret } : {}),
                },
                // A thousand accounts take about 200 MiB; bursts are short, so there is no limit on CPU.
                resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
                container: { ports: [{ name: "http", containerPort: httpPort }], ...probes },
              }),
              serviceAccountName: account.metadata.name,
              automountServiceAccountToken: true,
              affinity: apart(accountSyncLabels),
            },
          },
        },
      },
      { parent: this, dependsOn },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      accountSyncName,
      { metadata, spec: { minAvailable: 1, selector: { matchLabels: accountSyncLabels } } },
      { parent: this },
    );
  }

  private createService({ platformNamespace: namespace }: AccountSyncArgs): void {
    new k8s.core.v1.Service(
      accountSyncName,
      {
        metadata: { name: accountSyncName, namespace, labels: commonLabels },
        spec: { selector: accountSyncLabels, ports: [{ name: "http", port: httpPort, targetPort: "http" }] },
      },
      { parent: this },
    );
  }
}

function environment(args: AccountSyncArgs): k8s.types.input.core.v1.EnvVar[] {
  const { tls } = args;
  return [
    { name: "PLATFORM_NAMESPACE", value: args.platformNamespace },
    { name: "ACCOUNTS_NAMESPACE", value: args.accountsNamespace },
    { name: "TENANTS_NAMESPACE", value: args.tenantsNamespace },
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "OPERATOR_JWT", value: args.operatorJwt },
    { name: "JETSTREAM", value: String(args.jetstream) },
    { name: "CREDS_FILE", value: `${credsDir}/nats.creds` },
    ...(tls ? [{ name: "TLS_SERVER_NAME", value: tls.serverName }] : []),
    ...(tls?.caSecret ? [{ name: "TLS_CA_FILE", value: `${caDir}/ca.crt` }] : []),
  ];
}
