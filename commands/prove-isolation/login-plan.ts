import { ports } from "../../components/platform/ports";
import type { CredsFolder, LoginQuestion } from "../../services/isolation-probe/contract";
import { credsDir } from "../in-cluster-manifests";
import type { AskingPod } from "./askers";
import type { PlannedCell } from "./cells";
import type { Environment, Target, TenantFacts } from "./environment";

/** Logins that a pod tries, the cells they fill, and the tenants whose creds it needs for them. */
export interface LoginPlan {
  readonly logins: LoginQuestion[];
  readonly cells: PlannedCell[];
  readonly creds: readonly TenantFacts[];
}

/** Row of the attempts without creds. */
export const withoutCreds = "no creds";

/** Where a tenant's creds are mounted in a probe. */
export function credsFolder({ id, creds }: TenantFacts): CredsFolder {
  return { folder: `${credsDir}/${id}`, secret: creds?.secret ?? "" };
}

/**
 * What a pod with a tenant's label tries on its instances: its own creds, none, and, where it forges the label, those of others.
 * Only such a pod is let through to them, so only there their refusal is that of the server.
 */
export function loginPlan(pod: AskingPod, { platform }: Environment): LoginPlan {
  const attempts = [...ownAttempts(pod, platform.target), ...forgedAttempts(pod)];
  const planned = attempts.flatMap((attempt) => plan(attempt, pod, platform.tls));
  return {
    logins: planned.map(({ login }) => login),
    cells: planned.map(({ cell }) => cell),
    creds: [...new Set(attempts.flatMap(({ by }) => by ?? []))],
  };
}

/** Somebody's attempt at one target. */
interface Attempt {
  /** Undefined: without creds. */
  readonly by?: TenantFacts;
  readonly target: Target;
  /** Tenant of the target; undefined: the platform. */
  readonly tenant?: string;
  readonly expected: "accepted" | "refused";
}

function ownAttempts({ owner }: AskingPod, platform: Target): Attempt[] {
  if (!owner) return [];
  const by = owner.creds ? owner : undefined;
  return [
    ...owner.instances.flatMap((target): Attempt[] => [
      ...(by ? [{ by, target, tenant: owner.id, expected: "accepted" as const }] : []),
      { target, tenant: owner.id, expected: "refused" },
    ]),
    ...(by ? [{ by, target: platform, expected: "accepted" as const }] : []),
  ];
}

function forgedAttempts({ forgery }: AskingPod): Attempt[] {
  if (!forgery) return [];
  const { of, by } = forgery;
  return by
    .filter(({ creds }) => creds !== undefined)
    .flatMap((tenant) =>
      of.instances.map((target): Attempt => ({ by: tenant, target, tenant: of.id, expected: "refused" })),
    );
}

function plan(
  { by, target, tenant, expected }: Attempt,
  { probe }: AskingPod,
  tls: LoginQuestion["tls"],
): { login: LoginQuestion; cell: PlannedCell }[] {
  const row = by ? `creds of ${by.id}` : withoutCreds;
  // The platform through its Service, as clients connect; an instance by its pod, so that none hides behind another.
  const service = { name: "service", host: target.host };
  const pods = target.pods.map(({ name, ip }) => ({ name, host: ip }));
  const addresses = tenant === undefined || pods.length === 0 ? [service] : pods;
  return addresses.map(({ name, host }) => {
    const id = `login ${row} ${target.name}/${name}`;
    return {
      login: {
        id,
        address: { host, port: ports.client },
        ...(tenant === undefined && tls ? { tls } : {}),
        ...(by ? { creds: credsFolder(by) } : {}),
      },
      cell: {
        part: "logins",
        row,
        target: target.name,
        question: "login",
        address: name,
        ...(tenant ? { tenant } : {}),
        expected,
        probe,
        answer: id,
      },
    };
  });
}
