import { names, ports } from "../../components/platform/ports";
import { systemUser } from "../../components/workstation/accounts";
import { objectOf } from "../../stacks/stack-kind";
import { workstationSchema } from "../../stacks/workstation-config";
import { byPolicy, type PolicySettings } from "./environment-settings";

const told = workstationSchema.pick({ namespace: true, auth: true, accounts: true }).partial({ accounts: true });

/**
 * What the policies are to be told of a workstation: one server is enough, and its ports are open; and whether it has passwords. It is told because
 * the stack's file makes it a workstation: no label of an object does.
 * @param config of its stack, without the project's prefix. Of what is wrong in it the stack's own check tells; here nothing is allowed then
 * @returns by policy, those settings that the policy has
 */
export function workstationSettings(config: Readonly<Record<string, unknown>>): Record<string, PolicySettings> {
  const { namespace, auth, accounts } = read(objectOf(config, "workstation"));
  const settings: PolicySettings = {
    production: false,
    servers: [`${namespace}/${names.release}`],
    namespaces: [namespace],
    platformNamespaces: [namespace],
    minReplicas: 1,
    memory: true,
    openPorts: [ports.client, ports.monitoring],
    passwordsInSecrets: auth === "static",
    // A team's users may do everything in their own account.
    declared: [systemUser, ...Object.values(accounts ?? {}).flatMap(({ users }) => users)],
  };
  // Tenants have no part in a workstation: what policies suppose of their namespaces stays.
  const { namespaces: _, ...common } = settings;
  return byPolicy((group) => (group === "Platform" ? settings : common));
}

function read(workstation: Readonly<Record<string, unknown>>) {
  const given = Object.entries(told.shape).flatMap(([key, field]) =>
    field.safeParse(workstation[key]).success ? [[key, workstation[key]] as const] : [],
  );
  return told.parse(Object.fromEntries(given));
}
