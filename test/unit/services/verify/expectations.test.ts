import assert from "node:assert/strict";
import { bucketProblems } from "../../../../services/verify/checks/buckets";
import { replicaProblem } from "../../../../services/verify/checks/jetstream";
import { accountProblem } from "../../../../services/verify/checks/resolver";
import { atLeast } from "../../../../services/verify/version";

describe("bucketProblems", () => {
  const expected = { name: "b", ttlSeconds: 900, replicas: 3, maxBytes: 1024, history: 1 };
  const sound = {
    max_age: 900e9,
    num_replicas: 3,
    max_bytes: 1024,
    max_msgs_per_subject: 1,
    storage: "file" as const,
  };

  it("has nothing against a bucket as declared", () => {
    assert.deepEqual(bucketProblems(expected, sound), []);
  });

  it("takes a TTL of 0 for no expiry", () => {
    assert.deepEqual(bucketProblems({ ...expected, ttlSeconds: 0 }, { ...sound, max_age: 0 }), []);
  });

  const wrong: [string, Partial<typeof sound> | { storage: "memory" }, string][] = [
    ["TTL", { max_age: 60e9 }, "TTL in seconds is 60, not 900"],
    ["replicas", { num_replicas: 1 }, "number of replicas is 1, not 3"],
    ["size", { max_bytes: -1 }, "size limit in bytes is -1, not 1024"],
    ["history", { max_msgs_per_subject: 5 }, "number of revisions per key is 5, not 1"],
    ["storage", { storage: "memory" }, "storage is memory, not file"],
  ];
  for (const [what, change, problem] of wrong) {
    it(`names a wrong ${what}`, () => assert.deepEqual(bucketProblems(expected, { ...sound, ...change }), [problem]));
  }
});

describe("replicaProblem", () => {
  const peer = (name: string, more: object = {}) => ({
    name,
    current: true,
    offline: false,
    active: 0,
    lag: 0,
    ...more,
  });
  const info = (replicas: object[]) => ({ cluster: { leader: "nats-0", replicas: replicas as never } });

  it("has nothing against a leader and current followers", () => {
    assert.equal(replicaProblem(info([peer("nats-1"), peer("nats-2")]), 3), undefined);
  });

  it("has nothing against a single replica", () => {
    assert.equal(replicaProblem({}, 1), undefined);
  });

  it("names what is missing, behind or offline", () => {
    assert.equal(replicaProblem({ cluster: { replicas: [] } }, 3), "no leader");
    assert.equal(replicaProblem(info([peer("nats-1")]), 3), "2 replicas, not 3");
    const behind = info([peer("nats-1", { current: false }), peer("nats-2", { offline: true })]);
    assert.equal(replicaProblem(behind, 3), "replicas not current: nats-1, nats-2");
  });
});

describe("accountProblem", () => {
  const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
  const old = jwt({ iat: 0, jti: "OLDOLDOLD" });
  const current = jwt({ iat: 60, jti: "NEWNEWNEW" });

  it("has nothing against servers that hold what is published", () => {
    assert.equal(accountProblem("SYS", [current, `${current}\n`], 2, current), undefined);
    assert.equal(accountProblem("SYS", [current, current], 2, undefined), undefined);
  });

  it("says how many servers answered", () => {
    assert.equal(accountProblem("SYS", [current], 2, current), "SYS: 1 of 2 servers answered");
  });

  it("names the versions when servers differ", () => {
    const problem = accountProblem("SYS", [current, old], 2, current) ?? "";
    assert.match(
      problem,
      /different versions: .*1970-01-01T00:01:00.000Z \(jti NEWNEWNE\), .*1970-01-01T00:00:00.000Z/,
    );
  });

  it("names both versions when servers hold another than the Secret", () => {
    const problem = accountProblem("PLATFORM", [old, old], 2, current) ?? "";
    assert.match(problem, /servers hold .*OLDOLDOL.*Secret nats-account-platform holds .*NEWNEWNE/);
  });
});

describe("atLeast", () => {
  const cases: [string, string, boolean][] = [
    ["2.14.0", "2.14.0", true],
    ["2.14.2", "2.14.0", true],
    ["2.15.0", "2.14.9", true],
    ["3.0.0", "2.14.0", true],
    ["2.13.99", "2.14.0", false],
    ["1.99.0", "2.0.0", false],
    ["2.9.0", "2.14.0", false],
    ["2.14.0-RC.1", "2.14.0", false],
    ["2.14.1-beta", "2.14.0", true],
  ];
  for (const [actual, floor, expected] of cases) {
    it(`${actual} is ${expected ? "" : "not "}at least ${floor}`, () => assert.equal(atLeast(actual, floor), expected));
  }
});
