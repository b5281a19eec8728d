import assert from "node:assert/strict";
import { NatsGaveUp, reconnectPolicy, type WaitOptions } from "../../../../clients/typescript/nats-options";

/** A client's loop in short: it asks for the delay, counts it from its last dial, and dials or sleeps. Time is a number. */
class FakeClient {
  at = 1_000_000;
  readonly slept: number[] = [];
  readonly warnings: string[] = [];
  private readonly policy: ReturnType<typeof reconnectPolicy>;
  private lastDial = 0;

  constructor(random: () => number, options: WaitOptions = {}) {
    this.policy = reconnectPolicy({
      subject: "NATS_URL nats://nats:4222",
      identity: "shop/orders",
      warn: (message) => this.warnings.push(message),
      random,
      now: () => this.at,
      ...options,
    });
  }

  /** Waits for its turn and dials. The server asks for the token unless it cannot be reached; then the attempt or connection lives on. */
  dial({ reached = true, lives = 0 }: { reached?: boolean; lives?: number } = {}): void {
    for (;;) {
      const wait = this.policy.delay();
      if (this.lastDial === 0 || this.lastDial + wait <= this.at) break;
      const sleep = Math.min(wait, this.lastDial + wait - this.at);
      this.slept.push(sleep);
      this.at += sleep;
    }
    this.lastDial = this.at;
    if (reached) this.policy.asked();
    this.at += lives;
  }
}

/** The same numbers from 0 to 1 in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("reconnectPolicy", () => {
  const attempts = (client: FakeClient, count: number, how: Parameters<FakeClient["dial"]>[0] = {}) => {
    for (let i = 0; i < count; i++) client.dial(how);
  };

  it("dials at once the first time, then waits longer and longer, to a ceiling", () => {
    const client = new FakeClient(() => 1);
    attempts(client, 7);
    assert.deepEqual(client.slept, [2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  it("waits as long after a slow attempt as after a quick one", () => {
    const client = new FakeClient(() => 0.5);
    attempts(client, 4, { lives: 5000 });
    assert.deepEqual(client.slept, [1000, 2000, 4000]);
  });

  it("waits again, up to a second, after a connection that lasted, and begins anew", () => {
    const client = new FakeClient(() => 1);
    attempts(client, 3);
    client.dial({ lives: 3_600_000 });
    client.slept.length = 0;
    attempts(client, 3);
    assert.deepEqual(client.slept, [1000, 2000, 4000]);
  });

  it("does not take a connection that is closed soon for one that lasted", () => {
    const client = new FakeClient(() => 1);
    attempts(client, 4, { lives: 10_000 });
    assert.deepEqual(client.slept, [2000, 4000, 8000]);
  });

  it("does not take a long name resolution for a connection", () => {
    const client = new FakeClient(() => 1);
    attempts(client, 4, { reached: false, lives: 20_000 });
    assert.deepEqual(client.slept, [2000, 4000, 8000]);
  });

  it("never makes a client dial in a tight loop", () => {
    const client = new FakeClient(() => 0);
    attempts(client, 4);
    assert.deepEqual(client.slept, [10, 10, 10]);
  });

  it("waits no longer when the clock is set back", () => {
    const client = new FakeClient(() => 1);
    client.dial();
    client.at -= 60_000;
    client.dial();
    assert.deepEqual(client.slept, [2000]);
  });

  it("spreads many clients that lose their connection at the same moment over a second", () => {
    const random = seeded(5);
    const delays = Array.from({ length: 1000 }, () => {
      const client = new FakeClient(random);
      client.dial({ lives: 60_000 });
      client.dial();
      return client.slept[0] ?? Number.NaN;
    });
    const tenths = new Array<number>(10).fill(0);
    for (const delay of delays)
      tenths[Math.min(9, Math.floor(delay / 100))] = (tenths[Math.floor(delay / 100)] ?? 0) + 1;
    assert.equal(
      tenths.reduce((sum, count) => sum + count),
      1000,
    );
    for (const count of tenths) assert.ok(count > 70 && count < 130, `clients by tenth of a second: ${tenths}`);
  });

  it("tells after each failure whether the server was reached, and nothing of a connection that lasted", () => {
    const client = new FakeClient(() => 0.5);
    attempts(client, 2, { reached: false });
    client.dial({ lives: 60_000 });
    client.dial();
    client.dial();
    assert.deepEqual(client.warnings, [
      "NATS_URL nats://nats:4222: it cannot be reached; trying again in 1.0 s.",
      "NATS_URL nats://nats:4222: it cannot be reached; trying again in 2.0 s.",
      "NATS_URL nats://nats:4222: it refuses ServiceAccount shop/orders, has no callout at present, or closes connections; trying again in 1.0 s.",
    ]);
  });

  it("gives up when there was no connection for as long as the app said, and says why", () => {
    const client = new FakeClient(() => 1, { giveUpAfterMs: 6000 });
    attempts(client, 3);
    assert.throws(
      () => client.dial(),
      new NatsGaveUp(
        'NATS_URL nats://nats:4222: no connection for 6.0 s: it refuses ServiceAccount shop/orders, has no callout at present, or closes connections. See "Client code" in docs/apps.md.',
      ),
    );
  });

  it("counts the time to give up from the loss of the last connection", () => {
    const client = new FakeClient(() => 1, { giveUpAfterMs: 6000 });
    attempts(client, 2);
    client.dial({ lives: 60_000 });
    attempts(client, 3, { reached: false });
    assert.throws(() => client.dial({ reached: false }), NatsGaveUp);
  });

  it("never gives up unless told to", () => {
    const client = new FakeClient(() => 1);
    attempts(client, 10_000);
    assert.equal(client.slept.length, 9999);
  });
});
