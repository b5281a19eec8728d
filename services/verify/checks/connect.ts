import { accountOf } from "../../creds";
import type { ProbeContext } from "../context";
import { serverVersionFloor } from "../contract";
import type { Check } from "../runner";
import { atLeast } from "../version";

/** A client gets in through the Service with real creds, over TLS when that is configured. Most other checks need it. */
export const clientConnect: Check<ProbeContext> = {
  name: "client-connect",
  async run(context) {
    const connection = await context.session("control-plane");
    const info = connection.info;
    const encrypted = info?.tls_required === true;
    if (encrypted !== (context.settings.expected.tls !== undefined)) {
      throw new Error(
        encrypted
          ? "servers demand TLS, which the config has off"
          : "servers do not demand TLS, which the config has on",
      );
    }
    const rtt = await connection.rtt();
    return `to ${info?.server_name}, nats-server ${info?.version}, ${encrypted ? "TLS, " : ""}round trip ${rtt} ms`;
  },
};

/** Each server, asked by its own name, lets the system user in and is new enough. */
export const serversConnect: Check<ProbeContext> = {
  name: "servers-connect",
  async run(context) {
    const { servers } = context.settings;
    const problems = await Promise.all(
      servers.map(async (server) => {
        if (!context.liveServers.includes(server)) return `${server.name} does not answer on ${server.port}`;
        const { info } = await context.connect("system", server);
        if (info?.server_name !== server.name) return `${server.host} is answered by ${info?.server_name}`;
        if (!atLeast(info.version, serverVersionFloor)) {
          return `${server.name} runs nats-server ${info.version}; ${serverVersionFloor} or newer is required`;
        }
        return undefined;
      }),
    );
    const found = problems.filter((problem) => problem !== undefined);
    if (found.length) throw new Error(found.join("; "));
    return `${servers.length} servers, each by its own name`;
  },
};

const accountByUser = {
  system: "SYS",
  "control-plane": "PLATFORM",
  observer: "PLATFORM",
  "auth-callout": "AUTH",
} as const;

/** Each user's creds get in, and belong to the account they should. */
export const usersConnect: Check<ProbeContext> = {
  name: "users-connect",
  needs: ["client-connect"],
  async run(context) {
    const entries = Object.entries(accountByUser) as [keyof typeof accountByUser, string][];
    const problems = await Promise.all(
      entries.map(async ([user, account]) => {
        try {
          const actual = accountOf(context.creds(user).claims);
          if (actual !== context.settings.expected.accounts[account])
            return `${user} is of account ${actual}, not ${account}`;
          await context.session(user);
          return undefined;
        } catch (error) {
          return `${user}: ${(error as Error).message}`;
        }
      }),
    );
    const found = problems.filter((problem) => problem !== undefined);
    if (found.length) throw new Error(found.join("; "));
    return entries.map(([user, account]) => `${user} (${account})`).join(", ");
  },
};

/** Server events reach the system account: it hears of a client that connects. */
export const systemEvents: Check<ProbeContext> = {
  name: "system-events",
  needs: ["client-connect"],
  async run(context, signal) {
    const system = await context.session("system");
    const account = context.settings.expected.accounts.PLATFORM;
    const name = `${context.prefix}_EVENTS`;
    const subscription = system.subscribe(`$SYS.ACCOUNT.${account}.CONNECT`);
    signal.addEventListener("abort", () => subscription.unsubscribe());
    await system.flush();
    await (await context.connect("control-plane", undefined, { name })).close();
    for await (const message of subscription) {
      const event = message.json<{ client: { name?: string }; server: { name: string } }>();
      if (event.client.name === name) return `${event.server.name} reported our connection`;
    }
    throw new Error("the subscription ended");
  },
};
