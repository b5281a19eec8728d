import assert from "node:assert/strict";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { finalExitCode } from "../../components/platform/apply-script";
import { bucketFiles } from "../../components/platform/bucket-files";
import { staticAuthConfig } from "../../components/workstation/auth-config";
import { workstationArgs } from "../../stacks/workstation-args";
import { parseWorkstationConfig } from "../../stacks/workstation-config";
import { applyFiles, WorkstationServer } from "./workstation-server";

/** What a team declares for account TEAM, beside its user. */
interface Declared {
  readonly streams?: readonly object[];
  readonly buckets?: readonly object[];
}

const accountsOf = (declared: Declared) =>
  workstationArgs(parseWorkstationConfig({ workstation: { accounts: { TEAM: { users: ["team"], ...declared } } } }))
    .accounts;

describe("the Job of an account, on a real nats-server", function () {
  this.timeout(60_000);
  const login = { password: "team" };
  let server: WorkstationServer;
  let team: NatsConnection;

  beforeEach(async () => {
    server = await WorkstationServer.start(staticAuthConfig(accountsOf({})));
    team = await server.connect("team", login);
  });
  afterEach(async () => {
    await team?.close();
    await server?.stop();
  });

  function apply(declared: Declared) {
    const [account] = accountsOf(declared);
    return applyFiles(bucketFiles(account?.buckets ?? [], account?.streams), server.url, "team", login);
  }

  async function applied(declared: Declared): Promise<void> {
    const { status, output } = await apply(declared);
    assert.equal(status, 0, output);
  }

  const configOf = async (stream: string) => (await (await jetstreamManager(team)).streams.info(stream)).config;
  const stream = { name: "jobs", subjects: ["jobs.>"], maxSize: "1Mi" };

  it("is not misled by names and subjects that are words of the protocol", async () => {
    const streams = [{ name: "error", subjects: ["error", "messages", "config"], maxSize: "1Mi" }];
    for (const _ of ["CREATE", "UPDATE"]) await applied({ streams });
  });

  it("leaves braces in a subject as they are", async () => {
    const subjects = ["a.{{ID}}", "b.{{x", "c.{{{}}}"];
    await applied({ streams: [{ ...stream, subjects }] });
    assert.deepEqual((await configOf("jobs")).subjects, subjects);
  });

  it("stores what the configuration takes at its edges: events, one token, the longest list of subjects", async () => {
    const longest = Array.from({ length: 250 }, (_, index) => `jobs.${index}.`.padEnd(500, "x"));
    const events = ["$JS.EVENT.ADVISORY.>", "$SYS.ACCOUNT.>"];
    await applied({ streams: [{ ...stream, subjects: [...events, "*", ...longest] }] });
  });

  it("says of what no server changes that the stream would have to be deleted, stored or not", async () => {
    await applied({ streams: [stream] });
    for (const changed of [{ retention: "workqueue" }, { storage: "memory" }]) {
      const { status, output } = await apply({ streams: [{ ...stream, ...changed }] });
      assert.equal(status, finalExitCode);
      assert.match(output, /jobs: the (retention|storage) .*not even to an empty one\. .*: nats stream rm jobs$/m);
    }
  });

  it("changes another retention once the stream is empty, as it says", async () => {
    await applied({ streams: [stream] });
    await jetstream(team).publish("jobs.1", "x");
    const changed = { streams: [{ ...stream, retention: "interest" }] };
    const { status, output } = await apply(changed);
    assert.equal(status, finalExitCode);
    assert.match(output, /empty it first: nats stream purge jobs$/m);
    await (await jetstreamManager(team)).streams.purge("jobs");
    await applied(changed);
    assert.equal((await configOf("jobs")).retention, "interest");
  });

  it("keeps what a client has turned on, and changes what is declared", async () => {
    const bucket = { name: "sessions", maxSize: "1Mi" };
    await applied({ buckets: [{ ...bucket, ttl: "1h" }], streams: [stream] });
    const ours = { allow_msg_ttl: true, allow_rollup_hdrs: true, subject_delete_marker_ttl: 60e9, compression: "s2" };
    // Not by the client's own call, whose types do not know all of these.
    const turnOn = async (name: string) =>
      team.request(`$JS.API.STREAM.UPDATE.${name}`, JSON.stringify({ ...(await configOf(name)), ...ours }));
    for (const name of ["KV_sessions", "jobs"]) await turnOn(name);
    await applied({ buckets: [{ ...bucket, ttl: "2h" }], streams: [{ ...stream, maxAge: "2h" }] });
    for (const name of ["KV_sessions", "jobs"]) {
      const config: object = await configOf(name);
      assert.deepEqual({ ...config, ...ours, max_age: 7_200e9 }, config, name);
    }
  });
});
