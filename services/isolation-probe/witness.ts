import type { NatsConnection } from "@nats-io/nats-core";
import { endMark, loginMark, Sender } from "./accounts/session";
import { unansweredOf } from "./accounts/system-requests";
import { connectTo } from "./connections";
import { type Answer, type WitnessTask, witnessId, witnessReady } from "./contract";

/** How long the witness waits for the end of what it is a witness of, in milliseconds. */
const patienceMs = 120_000;

/**
 * Listens in the system account while tenants are tried elsewhere: that it hears of their logins, and is answered what they ask for,
 * proves that there was something for them to hear and to be told. Ends when they have ended.
 */
export async function witness(task: WitnessTask, runId: string, report: (answer: Answer) => void): Promise<void> {
  const [address] = task.servers.addresses;
  if (!address) throw new Error("there is no server of the platform");
  const { tls } = task.servers;
  const system = await connectTo(address, { tls, creds: task.creds, name: `${runId}-witness` });
  try {
    const ended = listen(system, task, runId, report);
    await system.flush();
    report({ id: witnessReady, observed: "heard", detail: `listens at ${system.info?.server_name}` });
    await Promise.all(task.tenants.map(async (tenant) => report(await answered(system, tenant))));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
  } finally {
    await system.close();
  }
}

/** Reports each tenant's login as it is heard of. @returns when the last is over */
function listen(
  system: NatsConnection,
  { tenants }: WitnessTask,
  runId: string,
  report: (answer: Answer) => void,
): Promise<void> {
  const senders = tenants.map(({ id }, index) => ({ id, sender: new Sender(runId, index) }));
  return new Promise((resolve) => {
    const hear = (event: string) => {
      for (const { id, sender } of senders) {
        const marks = sender.in(event);
        if (marks.includes(loginMark)) {
          report({ id: witnessId(id, "$SYS.>"), observed: "heard", detail: "the system account is told of its login" });
        }
        if (marks.includes(endMark)) resolve();
      }
    };
    system.subscribe("$SYS.ACCOUNT.*.CONNECT", {
      callback: (error, message) => {
        if (!error) hear(message.string());
      },
    });
  });
}

async function answered(system: NatsConnection, tenant: WitnessTask["tenants"][number]): Promise<Answer> {
  const id = witnessId(tenant.id, "$SYS.REQ.*");
  const unanswered = await unansweredOf(system, tenant);
  if (!unanswered.length) return { id, observed: "heard", detail: "the system account is answered every request" };
  return { id, observed: "unknown", detail: `the system account is not answered either on ${unanswered.join(", ")}` };
}
