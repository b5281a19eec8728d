import { ports } from "../../components/platform/ports";
import {
  type AccountPair,
  type AccountsTask,
  accountId,
  accountQuestions,
  type Servers,
  type WitnessTask,
  witnessId,
} from "../../services/isolation-probe/contract";
import { credsSecret } from "../../services/verify/contract";
import { credsDir } from "../in-cluster-manifests";
import type { PlannedCell } from "./cells";
import type { Environment, TenantFacts } from "./environment";
import { credsFolder } from "./login-plan";
import { neighbours } from "./ring";

/** Names of the probes that try accounts, and that listen in the system account meanwhile. */
export const [accountsProbe, witnessProbe] = ["prove-accounts", "prove-witness"];

/** Tenants whose accounts can be tried: they have one, and creds for it. */
export function triedAccounts({ tenants }: Environment): (TenantFacts & { account: string })[] {
  return tenants.flatMap((tenant) => {
    const { account, creds } = tenant;
    return account !== undefined && creds !== undefined ? [{ ...tenant, account }] : [];
  });
}

/** What is tried between accounts on the platform, and which cells that fills; undefined where there are not two of them. */
export function accountPlan(
  environment: Environment,
): { task: AccountsTask; witness: WitnessTask; cells: PlannedCell[] } | undefined {
  const tried = triedAccounts(environment);
  if (tried.length < 2) return undefined;
  const pairs = tried.flatMap(({ id }, index) => {
    const owners = neighbours(tried, index);
    return tried
      .filter((owner) => owners.includes(owner))
      .map((owner): AccountPair => ({ asker: id, owner: owner.id }));
  });
  const servers = serversOf(environment);
  const tenants = tried.map((tenant) => ({
    id: tenant.id,
    account: tenant.account,
    creds: credsFolder(tenant),
  }));
  const witnessCreds = { folder: `${credsDir}/system`, secret: credsSecret("system") };
  return {
    task: { servers, tenants, pairs },
    witness: { servers, creds: witnessCreds, tenants: tried.map(({ id, account }) => ({ id, account })) },
    cells: pairs.flatMap((pair) => cellsOf(pair)),
  };
}

function serversOf({ platform }: Environment): Servers {
  const addresses = platform.target.pods.map(({ ip }) => ({ host: ip, port: ports.client }));
  return { addresses, ...(platform.tls ? { tls: platform.tls } : {}) };
}

function cellsOf(pair: AccountPair): PlannedCell[] {
  return accountQuestions.map((question) => ({
    part: "accounts",
    row: pair.asker,
    target: pair.owner,
    question,
    tenant: pair.owner,
    expected: "isolated",
    probe: accountsProbe,
    answer: accountId(pair, question),
    ...(question === "$SYS.>" || question === "$SYS.REQ.*" ? { witness: witnessId(pair.owner, question) } : {}),
  }));
}
