import assert from "node:assert/strict";
import { judge, type PlannedCell, type ProbeOutcome } from "../../../../commands/prove-isolation/cells";
import type { Answer, Observed } from "../../../../services/isolation-probe/contract";

const namespaces = { platform: "nats", tenants: "vrsky-tenants" };

const planned: PlannedCell = {
  part: "network",
  row: "unlabelled",
  target: "nats-acme-1",
  question: "4222",
  address: "service",
  tenant: "acme",
  expected: "closed",
  probe: "prove-1",
  answer: "reach nats-acme-1/service 4222",
};

function outcome(...answers: Answer[]): ProbeOutcome {
  return { answers: new Map(answers.map((answer) => [answer.id, answer])) };
}

function judged(cell: PlannedCell, outcomes: Record<string, ProbeOutcome>, witnessed?: ProbeOutcome) {
  const [result] = judge([cell], new Map(Object.entries(outcomes)), witnessed, namespaces);
  assert.ok(result);
  return result;
}

const answer = (observed: Observed, id = planned.answer): Answer => ({ id, observed, detail: `was ${observed}` });

describe("judge", () => {
  it("is content with what was expected, and says nothing of remedies", () => {
    assert.deepEqual(judged(planned, { "prove-1": outcome(answer("closed")) }), {
      part: "network",
      row: "unlabelled",
      target: "nats-acme-1",
      question: "4222",
      address: "service",
      expected: "closed",
      observed: "closed",
      ok: true,
      detail: "was closed",
    });
  });

  it("calls wrong everything else, unproven included, and tells what to look at", () => {
    for (const observed of ["open", "silent", "unknown"] as const) {
      const cell = judged(planned, { "prove-1": outcome(answer(observed)) });
      assert.equal(cell.ok, false, observed);
      assert.ok(cell.look, observed);
    }
    const opened = judged(planned, { "prove-1": outcome(answer("open")) });
    assert.match(opened.look ?? "", /tenant-nats-isolation-acme.*--namespace vrsky-tenants/);
    const server = { ...planned, target: "nats", tenant: undefined };
    assert.match(judged(server, { "prove-1": outcome(answer("open")) }).look ?? "", /nats-servers.*--namespace nats /);
  });

  it("lets pass what cannot be asked", () => {
    assert.equal(judged(planned, { "prove-1": outcome(answer("skipped")) }).ok, true);
  });

  it("tells why a probe did not run", () => {
    const failed = judged(planned, { "prove-1": { answers: new Map(), failure: "pod prove-1 finds no node" } });
    assert.equal(failed.observed, "not run");
    assert.equal(failed.detail, "pod prove-1 finds no node");
    assert.equal(judged(planned, {}).observed, "not run");
    assert.equal(judged(planned, { "prove-1": outcome() }).ok, false);
  });

  describe("with a witness", () => {
    const watched: PlannedCell = {
      ...planned,
      part: "accounts",
      row: "acme",
      target: "globex",
      question: "$SYS.>",
      expected: "isolated",
      witness: "witness globex $SYS.>",
    };
    const isolated = { "prove-1": outcome(answer("isolated")) };

    it("believes that nothing was heard when there was something to hear", () => {
      const cell = judged(watched, isolated, outcome(answer("heard", "witness globex $SYS.>")));
      assert.equal(cell.ok, true);
      assert.equal(cell.detail, "was isolated; was heard");
    });

    it("proves nothing otherwise", () => {
      const silent = judged(watched, isolated, outcome(answer("unknown", "witness globex $SYS.>")));
      assert.equal(silent.observed, "unknown");
      assert.equal(silent.detail, "was isolated, but was unknown");
      const failed = judged(watched, isolated, { answers: new Map(), failure: "no pod" });
      assert.equal(failed.detail, "was isolated, but no pod");
      assert.equal(judged(watched, isolated).observed, "unknown");
    });

    it("needs none for what did cross", () => {
      assert.equal(judged(watched, { "prove-1": outcome(answer("crossed")) }).observed, "crossed");
    });
  });
});
