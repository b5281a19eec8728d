import { connect } from "@nats-io/transport-node";
import { backup } from "../../../commands/ctl/backup/backup";
import { openStore } from "../../../commands/ctl/backup/open-store";
import { restore } from "../../../commands/ctl/backup/restore";

/** A backup or a restore as a process of its own, to be killed: says where it is, a line of JSON each, and what came of it. */
async function main([doing = "", place = ""]: readonly string[]): Promise<void> {
  const { user: account, ...login } = JSON.parse(process.env.LOGIN ?? "{}");
  const connection = await connect({ ...login, user: account, reconnect: false });
  const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
  const work = doing === "backup" ? backup : restore;
  say(await work(connection, await openStore(place), { account, onProgress: say }));
  await connection.close();
}

void main(process.argv.slice(2));
