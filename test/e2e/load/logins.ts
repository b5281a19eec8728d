import { readdirSync, readFileSync } from "node:fs";
import { tokenAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";

/** What came of a login, as the program prints it. */
export interface LoginReport {
  /** Name of the token's file. */
  readonly name: string;
  /** `accepted`, or what the client was told. */
  readonly outcome: string;
}

/** Logs in to NATS_URL with each token of the folder TOKENS, one after the other, and prints what came of it. An empty file is no token. */
async function main(): Promise<void> {
  const folder = process.env.TOKENS ?? "";
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  for (const name of names.sort()) {
    const token = readFileSync(`${folder}/${name}`, "utf8");
    const report: LoginReport = { name, outcome: await login(token) };
    console.log(JSON.stringify(report));
  }
}

async function login(token: string): Promise<string> {
  try {
    const authenticator = token === "" ? {} : { authenticator: tokenAuthenticator(token) };
    const connection = await connect({
      servers: process.env.NATS_URL ?? "",
      reconnect: false,
      timeout: 10_000,
      ...authenticator,
    });
    await connection.close();
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
