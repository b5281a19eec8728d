import { accountSyncName } from "../../components/account-sync/names";
import { calloutName } from "../../components/auth-callout/names";
import { signingSecretName } from "../../components/identity/object-name";
import { accountsNamespace, calloutNamespace } from "../../components/platform/namespaces";
import { names, ports } from "../../components/platform/ports";
import { groups, type PackPolicy } from "../../policies/policies";
import { fromText } from "../../stacks/config-parser";
import { platformSchema } from "../../stacks/platform-config";

/** Values of a policy's settings, by name. */
export type PolicySettings = Readonly<Record<string, unknown>>;

const told = platformSchema.pick({
  environment: true,
  namespace: true,
  tenantsNamespace: true,
  monitoringNamespace: true,
  authCallout: true,
  admission: true,
});

/**
 * What the policies are to be told of an environment: what it calls its namespaces, the audience of its tokens, and whether it is `prod`, where more is
 * asked for.
 * @param config of its stack, without the project's prefix. Of what is wrong in it the stack's own check tells; here its default counts, and of the kind
 *   of environment `prod`
 * @returns by policy, those settings that the policy has
 */
export function environmentSettings(config: Readonly<Record<string, unknown>>): Record<string, PolicySettings> {
  const { environment, namespace, tenantsNamespace, monitoringNamespace, authCallout, admission } = read(config);
  const callout = calloutNamespace(namespace);
  const common: PolicySettings = {
    production: environment === "prod",
    audience: authCallout.audience,
    maxSeconds: admission.maxTokenSeconds,
    servers: [`${namespace}/${names.release}`],
    platformNamespaces: [namespace],
    needApi: [`${namespace}/${accountSyncName}`, `${namespace}/${calloutName}`],
    accounts: [`${namespace}/${signingSecretName}`, `${callout}/nats-app-signer-*`],
    namespaces: [tenantsNamespace],
    admitted: [
      { namespace, podLabels: { "app.kubernetes.io/name": accountSyncName }, ports: [ports.client] },
      { namespace: monitoringNamespace, ports: [ports.metrics, ports.monitoring] },
    ],
  };
  const platform: PolicySettings = {
    ...common,
    namespaces: [namespace, accountsNamespace(namespace), callout, tenantsNamespace],
  };
  return byPolicy((group) => (group === "Platform" ? platform : common));
}

function read(config: Readonly<Record<string, unknown>>) {
  const given = Object.entries(told.shape).flatMap(([key, field]) => {
    const value = fromText(told, key, config[key]);
    if (value === undefined) return [];
    if (field.safeParse(value).success) return [[key, value] as const];
    // Of a kind of environment that cannot be read, as where it is encrypted, most is asked for.
    return key === "environment" ? [[key, "prod"] as const] : [];
  });
  return told.parse(Object.fromEntries(given));
}

/**
 * Settings by policy, those that the policy has.
 * @param settingsOfGroup all settings, of a group of policies
 */
export function byPolicy(settingsOfGroup: (group: string) => PolicySettings): Record<string, PolicySettings> {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([group, policies]) =>
      policies.map((policy) => [policy.name, settingsOf(policy, settingsOfGroup(group))] as const),
    ),
  );
}

function settingsOf({ configSchema }: PackPolicy, settings: PolicySettings): PolicySettings {
  const known = configSchema?.properties ?? {};
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name in known));
}
