import { readers } from "../access/logins";
import { withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { ago, mark, print, tableOr } from "../output";
import { type ConsumerReport, consumerReport, readConsumers } from "./consumers";
import { requireJetStream } from "./show-streams";
import { readStreams } from "./streams";

interface Args {
  readonly stream?: string;
  readonly account?: string;
}

/** Prints consumers. */
export async function showConsumers({ stream, account }: Args, { stack, json }: CommandContext): Promise<number> {
  return withAccess(stack, async (access) => {
    requireJetStream(access);
    const known: string[] = [];
    const reports: ConsumerReport[] = [];
    for (const login of readers(access.facts.logins, account)) {
      const connection = await access.connect(login);
      const names = (await readStreams(connection)).infos.map(({ config }) => config.name);
      known.push(...names);
      const wanted = names.filter((name) => stream === undefined || name === stream);
      const infos = await readConsumers(connection, wanted);
      reports.push(...infos.map((info) => consumerReport(login.account, info, Date.now())));
    }
    if (stream !== undefined && !known.includes(stream)) {
      throw new UnusableError(`there is no stream "${stream}" with a leader; there are: ${known.join(", ") || "none"}`);
    }
    const ok = reports.every(({ problems }) => problems.length === 0);
    print(json, { ok, consumers: reports }, () => tableOr("no consumers", titles, reports.map(row)));
    return ok ? 0 : 1;
  });
}

const titles = [
  "consumer",
  "stream",
  "account",
  "mode",
  "pending",
  "ack pending",
  "redelivered",
  "waiting",
  "last delivery",
  "",
];

function row(report: ConsumerReport) {
  const { name, stream, account, mode, pending, ackPending, maxAckPending, redelivered, waiting } = report;
  return {
    mark: mark(report.problems),
    cells: [
      name,
      stream,
      account,
      mode,
      String(pending),
      maxAckPending === undefined ? String(ackPending) : `${ackPending} of ${maxAckPending}`,
      String(redelivered),
      String(waiting),
      report.lastDelivery ? ago(report.lastDelivery, Date.now()) : "-",
      report.problems.join("; "),
    ],
  };
}
