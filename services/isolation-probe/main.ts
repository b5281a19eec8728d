import { describeError, oneLine } from "../text";
import { probeAccounts } from "./accounts";
import { bystander } from "./bystander";
import type { Answer, ProbeSettings } from "./contract";
import { probeLogins } from "./logins";
import { probeReach } from "./reach";
import { witness } from "./witness";

/** The probe: does what it is told once and prints each answer as a line of JSON. */
async function main(): Promise<void> {
  const {
    runId,
    reach,
    logins,
    accounts,
    witness: watched,
    bystander: idle,
  } = JSON.parse(process.env.PROBE_SETTINGS ?? "") as ProbeSettings;
  if (reach) await probeReach(reach, print);
  if (logins) await probeLogins(logins, `${runId}-login`, print);
  if (accounts) await probeAccounts(accounts, runId, print);
  if (watched) await witness(watched, runId, print);
  if (idle) await bystander(print);
}

function print(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`probe failed: ${oneLine(describeError(error))}`);
    process.exit(1);
  },
);
