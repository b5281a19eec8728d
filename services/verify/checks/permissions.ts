import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { onceHeard } from "../../once-heard";
import type { ProbeContext } from "../context";
import type { Check } from "../runner";
import { scratchStream, withStream } from "./jetstream";

/** The control plane may do everything in its account, and nothing in the system's. */
export const controlPlanePermissions: Check<ProbeContext> = {
  name: "control-plane-permissions",
  needs: ["client-connect"],
  async run(context) {
    const connection = await context.session("control-plane");
    const subject = context.subject("echo");
    const echo = connection.subscribe(subject, {
      callback: (_, message) => void message.respond(message.data),
      max: 1,
    });
    const answer = await connection.request(subject, "ping", { timeout: 3_000 });
    echo.unsubscribe();
    if (answer.string() !== "ping") throw new Error("a request came back with another payload");
    const outcome = await attempt(connection, "$SYS.REQ.SERVER.PING.VARZ");
    if (outcome === "answered") throw new Error("it reaches the servers' system services");
    if (!context.settings.expected.jetstream) return "publishes and subscribes; the system account is closed to it";
    const account = await (await jetstreamManager(connection)).getAccountInfo();
    return `publishes, subscribes, has JetStream (${account.streams} streams); the system account is closed to it`;
  },
};

/** The observer sees streams and their messages, and can change nothing. */
export const observerReadOnly: Check<ProbeContext> = {
  name: "observer-read-only",
  needs: ["users-connect"],
  async run(context) {
    const observer = await context.session("observer");
    const subject = context.subject("observer");
    if (!context.settings.expected.jetstream) {
      await mayNotPublish(context, observer, subject);
      return "cannot publish";
    }
    const control = await context.session("control-plane");
    const manager = await jetstreamManager(control);
    const stream = scratchStream(`${context.prefix}_OBSERVED`, subject, 1);
    return withStream(manager, stream, async () => {
      await onceHeard(() => jetstream(control).publish(subject, "seen"));
      const read = await (await jetstreamManager(observer, { checkAPI: false })).streams.getMessage(stream.name, {
        seq: 1,
      });
      if (read?.string() !== "seen") throw new Error("it cannot read a message of a stream");
      await mayNotPublish(context, observer, subject);
      const intruder = { ...stream, name: `${context.prefix}_INTRUDER`, subjects: [context.subject("intruder")] };
      await attempt(observer, `$JS.API.STREAM.CREATE.${intruder.name}`, JSON.stringify(intruder));
      await attempt(observer, `$JS.API.STREAM.PURGE.${stream.name}`, "{}");
      await attempt(observer, `$JS.API.STREAM.DELETE.${stream.name}`, "{}");
      // What counts is what has become of the streams, not what the observer was told.
      const created = await manager.streams.delete(intruder.name).catch(() => false);
      if (created) throw new Error("it can create a stream");
      const info = await manager.streams.info(stream.name).catch(() => undefined);
      if (!info) throw new Error("it can delete a stream");
      if (info.state.messages === 0) throw new Error("it can purge a stream");
      if (info.state.messages > 1) throw new Error("it can publish to a stream");
      return "reads streams; cannot publish, create, purge or delete";
    });
  },
};

async function mayNotPublish(context: ProbeContext, observer: NatsConnection, subject: string): Promise<void> {
  const control = await context.session("control-plane");
  const subscription = control.subscribe(`${subject}.published`);
  await control.flush();
  observer.publish(`${subject}.published`);
  await observer.flush();
  // A marker of our own behind it: what the observer published would have been seen before.
  control.publish(`${subject}.published`, "end");
  for await (const message of subscription) {
    if (message.string() === "end") return;
    throw new Error("it can publish");
  }
}

/** Sends a request that should come to nothing; any way of failing is as good as another. */
async function attempt(connection: NatsConnection, subject: string, body = ""): Promise<"answered" | "failed"> {
  try {
    await connection.request(subject, body, { timeout: 1_000 });
    return "answered";
  } catch (error) {
    if (error instanceof errors.ClosedConnectionError) throw error;
    return "failed";
  }
}
