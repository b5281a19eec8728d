import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseCreds } from "../../../../components/identity/creds";
import { PlatformIdentity, type PlatformIdentityArgs } from "../../../../components/identity/platform-identity";
import type { PlatformUserName } from "../../../../components/identity/platform-users";
import { type FakeEngine, type Registered, unwrap } from "./fake-engine";

export const platformArgs: PlatformIdentityArgs = {
  namespace: "nats",
  accountsNamespace: "nats-accounts",
  platform: { jetstream: { memoryStorage: 1024 ** 3, diskStorage: 30 * 1024 ** 3 } },
};
export const userNames: PlatformUserName[] = [
  "system",
  "account-sync",
  "control-plane",
  "observer",
  "auth-callout",
  "sentinel",
  "expired",
];

/** Everything a run gave, unwrapped. */
export interface Run {
  readonly identity: PlatformIdentity;
  readonly resources: readonly Registered[];
  readonly operatorJwt: string;
  readonly ids: Record<"SYS" | "PLATFORM" | "AUTH", string>;
  readonly preload: Record<string, string>;
  readonly creds: Record<PlatformUserName, { jwt: string; seed: string }>;
}

export async function up(engine: FakeEngine, overrides: Partial<PlatformIdentityArgs> = {}): Promise<Run> {
  const { result: identity, resources } = await engine.up(
    () => new PlatformIdentity("nats", { ...platformArgs, ...overrides }),
  );
  const creds = await Promise.all(
    userNames.map(async (name) => [name, parseCreds(await unwrap(identity.credentials[name].creds))]),
  );
  return {
    identity,
    resources,
    operatorJwt: await unwrap(identity.operatorJwt),
    ids: await unwrap(pulumi.all(identity.accountIds)),
    preload: await unwrap(identity.preload),
    creds: Object.fromEntries(creds),
  };
}

export function accountJwt(run: Run, name: "SYS" | "PLATFORM" | "AUTH"): string {
  return run.preload[run.ids[name]] ?? assert.fail(`no JWT of ${name}`);
}
