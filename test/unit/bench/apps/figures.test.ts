import assert from "node:assert/strict";
import { loginComparisons } from "../../../../bench/apps/figures";
import type { Load } from "../../../../bench/apps/load";
import type { LoginsRun } from "../../../../bench/apps/logins";

const load = (perSecond: number, ms: number): Load => ({ perSecond, times: [ms] });
const side = (perSecond: number, ms: number) => ({
  at: { 1: load(perSecond, ms), 50: load(perSecond, ms), 500: load(perSecond, ms) },
  paced: load(100, ms),
});
const run: LoginsRun = {
  replicas: { 1: side(400, 50), 2: side(600, 40) },
  creds: side(2_000, 10),
  tweetnacl: { 1: load(40, 25), 50: load(80, 600) },
  back: 4,
  credsBack: 2,
};

describe("bench/apps/figures of logins", () => {
  it("have one replica and two beside creds, one beside tweetnacl, and what clients need to come back", () => {
    const rows = loginComparisons([run], 1_000).map(({ name, unit, ours, peer }) => [
      name,
      `${ours.median} to ${peer?.median} ${unit}`,
    ]);
    const closed = [1, 50, 500].flatMap((many) => [
      [`logins, ${many} at a time, one replica`, "400 to 2000 op/s"],
      [`login, ${many} at a time, one replica, p50`, "50 to 10 ms"],
      [`login, ${many} at a time, one replica, p99`, "50 to 10 ms"],
      [`logins, ${many} at a time, two replicas`, "600 to 2000 op/s"],
      [`login, ${many} at a time, two replicas, p50`, "40 to 10 ms"],
      [`login, ${many} at a time, two replicas, p99`, "40 to 10 ms"],
    ]);
    assert.deepEqual(rows, [
      ...closed,
      ["login at 100 a second, one replica, p50", "50 to 10 ms"],
      ["login at 100 a second, one replica, p99", "50 to 10 ms"],
      ["login at 100 a second, two replicas, p50", "40 to 10 ms"],
      ["login at 100 a second, two replicas, p99", "40 to 10 ms"],
      ["logins, 1 at a time, one replica, beside tweetnacl", "400 to 40 op/s"],
      ["logins, 50 at a time, one replica, beside tweetnacl", "400 to 80 op/s"],
      ["1,000 clients back after a server was restarted", "4 to 2 s"],
    ]);
  });

  it("hold one replica against 400 logins a second, and each p99 at 100 a second against 50 ms", () => {
    const verdicts = (measured: LoginsRun) =>
      loginComparisons([measured], 1_000).flatMap(({ name, verdict }) => (verdict ? [`${name}: ${verdict}`] : []));
    const names = [
      "logins, 50 at a time, one replica",
      "logins, 500 at a time, one replica",
      "login at 100 a second, one replica, p99",
      "login at 100 a second, two replicas, p99",
    ];
    assert.deepEqual(
      verdicts(run),
      names.map((name) => `${name}: met`),
    );
    assert.deepEqual(
      verdicts({ ...run, replicas: { 1: side(399, 51), 2: side(399, 51) } }),
      names.map((name) => `${name}: missed`),
    );
  });
});
