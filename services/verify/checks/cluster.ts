import type { ProbeContext } from "../context";
import type { Check } from "../runner";
import { askServers, requireAll } from "../system";
import { onceCaughtUp } from "./catch-up";

interface Routez {
  readonly routes?: readonly { readonly remote_name: string }[];
}

/** Every server has a route to every other. */
export const clusterFormed: Check<ProbeContext> = {
  name: "cluster-formed",
  needs: ["client-connect"],
  async run(context) {
    const { servers } = context.settings;
    const system = await context.session("system");
    const answers = await askServers<Routez>(system, "$SYS.REQ.SERVER.PING.ROUTEZ", servers.length);
    requireAll(servers, answers);
    const missing = answers.flatMap(({ server, data }) => {
      const peers = new Set(data.routes?.map((route) => route.remote_name));
      return servers
        .filter(({ name }) => name !== server && !peers.has(name))
        .map(({ name }) => `${server} to ${name}`);
    });
    if (missing.length) throw new Error(`no route from ${missing.join(", ")}`);
    return `${servers.length} servers, each with a route to every other`;
  },
};

interface Varz {
  readonly trusted_operators_claim?: readonly { readonly sub: string }[];
  readonly system_account?: string;
}

/** Every server trusts our operator and no other, and has our system account. */
export const operatorTrusted: Check<ProbeContext> = {
  name: "operator-trusted",
  needs: ["client-connect"],
  async run(context) {
    const { servers, expected } = context.settings;
    const system = await context.session("system");
    const answers = await askServers<Varz>(system, "$SYS.REQ.SERVER.PING.VARZ", servers.length);
    requireAll(servers, answers);
    for (const { server, data } of answers) {
      const operators = data.trusted_operators_claim?.map((claim) => claim.sub) ?? [];
      if (operators.length !== 1 || operators[0] !== expected.operator) {
        throw new Error(`${server} trusts ${operators.join(", ") || "no operator"}, not ${expected.operator}`);
      }
      if (data.system_account !== expected.accounts.SYS) {
        throw new Error(`${server} has system account ${data.system_account}, not ${expected.accounts.SYS}`);
      }
    }
    return `operator ${expected.operator} on ${servers.length} servers`;
  },
};

interface Jsz {
  readonly disabled?: boolean;
  readonly meta_cluster?: {
    readonly leader?: string;
    readonly cluster_size: number;
    readonly replicas?: readonly { readonly name: string; readonly current: boolean; readonly offline?: boolean }[];
  };
}

/** JetStream's metadata group has one leader, and every other server follows it closely. */
export const jetstreamMetaLeader: Check<ProbeContext> = {
  name: "jetstream-meta-leader",
  needs: ["client-connect"],
  async run(context) {
    let leads = "";
    const behind = await onceCaughtUp(async () => {
      const { leader, group } = await metaGroup(context);
      leads = `${leader} leads, ${group.replicas?.length ?? 0} followers current`;
      const peers = group.replicas?.filter((peer) => !peer.current || peer.offline) ?? [];
      return peers.map((peer) => peer.name).join(", ");
    });
    if (behind) throw new Error(`not current: ${behind}`);
    return leads;
  },
};

/** The metadata group as its leader sees it. @throws if servers do not answer or do not agree on one */
async function metaGroup(context: ProbeContext) {
  const { servers } = context.settings;
  const system = await context.session("system");
  const answers = await askServers<Jsz>(system, "$SYS.REQ.SERVER.PING.JSZ", servers.length);
  requireAll(servers, answers);
  const disabled = answers.filter(({ data }) => data.disabled).map(({ server }) => server);
  if (disabled.length) throw new Error(`JetStream is off on ${disabled.join(", ")}`);
  const leaders = new Set(answers.map(({ data }) => data.meta_cluster?.leader));
  const leader = [...leaders][0];
  if (leaders.size !== 1 || !leader) {
    throw new Error(
      `servers name different leaders: ${answers.map(({ server, data }) => `${server}: ${data.meta_cluster?.leader ?? "none"}`).join(", ")}`,
    );
  }
  const group = answers.find(({ server }) => server === leader)?.data.meta_cluster;
  if (group?.cluster_size !== servers.length)
    throw new Error(`the group has ${group?.cluster_size} members, not ${servers.length}`);
  return { leader, group };
}
