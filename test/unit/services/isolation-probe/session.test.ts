import assert from "node:assert/strict";
import { Sender } from "../../../../services/isolation-probe/accounts/session";

describe("Sender", () => {
  const [one, eleven] = [new Sender("x1", 1), new Sender("x1", 11)];

  it("finds its own marks, in a payload or an event", () => {
    assert.deepEqual(one.in(one.mark("said")), ["said"]);
    const event = JSON.stringify({ client: { name: one.mark("login"), acc: "A" } });
    assert.deepEqual(one.in(event), ["login"]);
    assert.deepEqual(one.in(`${one.mark("said")} ${one.mark("reply")}`), ["said", "reply"]);
  });

  it("does not take for its own what another sent, or another run", () => {
    assert.deepEqual(one.in(eleven.mark("said")), []);
    assert.deepEqual(eleven.in(one.mark("said")), []);
    assert.deepEqual(new Sender("x2", 1).in(one.mark("said")), []);
    assert.deepEqual(one.in(`y${one.mark("said")}`), []);
    assert.deepEqual(one.in("anything else"), []);
  });
});
