import assert from "node:assert/strict";
import type { StreamInfo } from "@nats-io/jetstream";
import { accountReports } from "../../../../commands/ctl/accounts/accounts";
import { consumerReport, type JudgedConsumer } from "../../../../commands/ctl/jetstream/consumers";
import { placement, type ServerStorage } from "../../../../commands/ctl/jetstream/placement";
import { groupProblems, streamReport, streamReports } from "../../../../commands/ctl/jetstream/streams";

const follower = (name: string, more: object = {}) => ({ name, current: true, ...more });

describe("what is wrong with replicas", () => {
  it("nothing, with a leader and all of them current, or with a server by itself", () => {
    assert.deepEqual(groupProblems({ leader: "nats-0", replicas: [follower("nats-1"), follower("nats-2")] }, 3), []);
    assert.deepEqual(groupProblems(undefined, 1), []);
  });

  it("no leader", () => assert.match(groupProblems({ replicas: [] }, 3).join(), /no leader/));

  it("replicas that are offline, behind, or not there at all", () => {
    const replicas = [follower("nats-1", { current: false, lag: 7 })];
    assert.deepEqual(groupProblems({ leader: "nats-0", replicas }, 3), [
      "replica on nats-1 is not current, 7 operations behind",
      "2 replicas, not 3",
    ]);
    const offline = [follower("nats-1", { offline: true }), follower("nats-2")];
    assert.deepEqual(groupProblems({ leader: "nats-0", replicas: offline }, 3), ["replica on nats-1 is offline"]);
  });
});

describe("what is wrong with a stream", () => {
  const info = (config: object, state: object = {}, more: object = {}) =>
    ({
      config: {
        name: "S",
        subjects: ["s"],
        storage: "file",
        num_replicas: 1,
        discard: "new",
        max_msgs: -1,
        max_bytes: -1,
        ...config,
      },
      state: { messages: 0, bytes: 0, consumer_count: 0, ...state },
      ...more,
    }) as unknown as StreamInfo;

  it("nothing, far from its limits", () => {
    assert.deepEqual(streamReport("A", info({ max_bytes: 1000 }, { bytes: 899 })).problems, []);
  });

  it("that it is nearly full, or full, where it refuses what is new", () => {
    const nearly = streamReport("A", info({ max_bytes: 1000, max_msgs: -1 }, { bytes: 900 }));
    assert.deepEqual(nearly.problems, ["90 % of its bytes (1000): beyond them new messages are refused"]);
    const full = streamReport("A", info({ max_msgs: 10, max_bytes: -1 }, { messages: 10 }));
    assert.deepEqual(full.problems, ["100 % of its messages (10): new messages are refused"]);
    assert.deepEqual(streamReport("A", info({ discard: "old", max_msgs: 10 }, { messages: 10 })).problems, []);
  });

  it("that it does not follow its source", () => {
    const mirror = { mirror: { name: "ORIGIN", error: { description: "not found" } } };
    assert.deepEqual(streamReport("A", info({}, {}, mirror)).problems, ["does not follow ORIGIN: not found"]);
  });

  it("that nobody answers for it", () => {
    const [first, second] = streamReports("A", { infos: [info({ name: "B" })], silent: ["A"] });
    assert.deepEqual([first?.name, second?.name], ["A", "B"]);
    assert.match(first?.problems.join() ?? "", /no server answers/);
  });
});

describe("whether a consumer is stuck", () => {
  const now = Date.parse("2026-01-01T01:00:00Z");
  const problems = (info: object, config: object = {}) =>
    consumerReport(
      "A",
      {
        stream_name: "S",
        name: "C",
        created: "2026-01-01T00:00:00Z",
        config: { max_ack_pending: 10, ...config },
        delivered: { last_active: "2026-01-01T00:30:00Z" },
        num_ack_pending: 0,
        num_redelivered: 0,
        num_waiting: 0,
        num_pending: 0,
        ...info,
      } as unknown as JudgedConsumer,
      now,
    ).problems.join();

  it("not while it has nothing to do, is asked, or delivered a moment ago", () => {
    assert.equal(problems({}), "");
    assert.equal(problems({ num_pending: 5, num_waiting: 1 }), "");
    assert.equal(problems({ num_pending: 5, delivered: { last_active: "2026-01-01T00:59:30Z" } }), "");
    assert.equal(problems({ num_pending: 5, push_bound: true }, { deliver_subject: "d" }), "");
  });

  it("with as many messages unacknowledged as it may have", () => {
    assert.match(problems({ num_ack_pending: 10, num_pending: 5 }), /10 of at most 10 messages .* not acknowledged/);
    assert.equal(problems({ num_ack_pending: 10_000 }, { max_ack_pending: -1 }), "");
  });

  it("with messages that nobody asks for, or listens to", () => {
    assert.match(problems({ num_pending: 5 }), /5 messages wait and nobody asks for them, for 30 min/);
    assert.match(problems({ num_pending: 5, delivered: {} }), /for 1 h/);
    assert.match(problems({ num_pending: 5 }, { deliver_subject: "d" }), /nobody subscribes to d/);
  });

  it("while it is paused with messages, and without a leader", () => {
    assert.match(problems({ paused: true, num_pending: 5 }), /paused, with 5 messages/);
    assert.match(problems({ cluster: { replicas: [] } }), /no leader/);
  });
});

describe("where streams are, by what every server says", () => {
  const answer = (server: string, leader: string | undefined, replicas: object[] = [], meta?: object) => ({
    server,
    data: {
      ...(meta ? { meta_cluster: meta } : {}),
      account_details: [
        {
          name: "A",
          stream_detail: [{ name: "S", cluster: { leader, replicas }, config: { num_replicas: 3 } }],
        },
      ],
    } as ServerStorage,
  });

  it("a stream's leader is believed, whoever answers first", () => {
    const answers = [
      answer("nats-1", "nats-0", [follower("nats-0", { current: false }), follower("nats-2")]),
      answer("nats-0", "nats-0", [follower("nats-1"), follower("nats-2")]),
      answer("nats-2", "nats-0", [follower("nats-0"), follower("nats-1", { offline: true })]),
    ];
    assert.deepEqual(placement(answers).streams, [
      { account: "A", name: "S", replicas: 3, leader: "nats-0", problems: [] },
    ]);
  });

  it("a stream whose leader is silent, or that has none, is not well", () => {
    assert.match(placement([answer("nats-1", "nats-0")]).streams[0]?.problems.join() ?? "", /nats-0 does not answer/);
    assert.match(placement([answer("nats-1", undefined)]).streams[0]?.problems.join() ?? "", /no leader/);
  });

  it("the metadata's leader is known, lost, or silent; one server needs none", () => {
    const meta = (leader: string | undefined, replicas: object[] = []) => ({ leader, replicas });
    const sound = placement([answer("nats-0", "nats-0", [], meta("nats-0", [follower("nats-1")]))]);
    assert.deepEqual([sound.metaLeader, sound.problems], ["nats-0", []]);
    assert.match(placement([answer("nats-1", "nats-0", [], meta(undefined))]).problems.join(), /no leader/);
    assert.match(placement([answer("nats-1", "nats-0", [], meta("nats-0"))]).problems.join(), /nats-0 does not answer/);
    assert.deepEqual(placement([answer("nats-0", "nats-0")]).problems, []);
  });
});

describe("accounts, by what every server says", () => {
  const statistics = (acc: string, conns: number) => ({ acc, name: acc, conns, leafnodes: 0, num_subscriptions: 4 });
  const storage = (id: string, used: number, most: number) => ({
    id,
    memory: 0,
    storage: used,
    reserved_memory: 2 ** 64,
    reserved_storage: most,
  });

  it("adds connections up, and takes each account's use once", () => {
    const [report] = accountReports(
      [statistics("AX", 1), statistics("AX", 2)],
      [storage("AX", 10, 100), storage("AX", 10, 100)],
      { AX: "PLATFORM" },
    );
    assert.deepEqual([report?.name, report?.connections, report?.subscriptions], ["PLATFORM", 3, 4]);
    assert.deepEqual(report?.jetstream, { memory: 0, maxMemory: -1, storage: 10, maxStorage: 100 });
    assert.deepEqual(report?.problems, []);
  });

  it("says which is nearly full, and leaves out the account that nobody is in", () => {
    const reports = accountReports([statistics("AX", 1), statistics("$G", 0)], [storage("AX", 95, 100)], {});
    assert.deepEqual(
      reports.map(({ name }) => name),
      ["AX"],
    );
    assert.match(reports[0]?.problems.join() ?? "", /^95 % of what it may store on disk/);
  });
});
