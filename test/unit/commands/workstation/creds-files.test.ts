import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeLogins, writeLogins } from "../../../../commands/workstation/creds-files";

describe("creds files of a workstation", () => {
  const state = mkdtempSync(join(tmpdir(), "nats-platform-creds-"));
  const former = process.env.NATS_PLATFORM_STATE;
  const target = { context: "nats-platform-dev", stack: "workstation" };
  before(() => {
    process.env.NATS_PLATFORM_STATE = state;
  });
  after(() => {
    if (former === undefined) delete process.env.NATS_PLATFORM_STATE;
    else process.env.NATS_PLATFORM_STATE = former;
    rmSync(state, { recursive: true });
  });

  it("are one per user, for its owner alone, apart from other stacks'", () => {
    const logins = writeLogins(target, { SYS: { sys: { creds: "a" } }, NOETL: { noetl: { creds: "b" } } });
    assert.deepEqual(
      logins.map(({ account, user }) => [account, user]),
      [
        ["SYS", "sys"],
        ["NOETL", "noetl"],
      ],
    );
    const file = logins[1]?.credsFile ?? assert.fail();
    assert.equal(file, join(state, "creds", "nats-platform-dev", "workstation", "noetl.creds"));
    assert.equal(readFileSync(file, "utf8"), "b");
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("are gone of users who are", () => {
    const [login] = writeLogins(target, { NOETL: { other: { creds: "c" } } });
    assert.deepEqual(readdirSync(dirname(login?.credsFile ?? "")), ["other.creds"]);
  });

  it("are none for users with passwords", () => {
    const folder = join(state, "creds", "nats-platform-dev", "workstation");
    const logins = writeLogins(target, { NOETL: { noetl: { password: "noetl" } } });
    assert.deepEqual(logins, [{ account: "NOETL", user: "noetl", password: "noetl" }]);
    assert.ok(!existsSync(folder));
  });

  it("are removed with their folder, also where there are none", () => {
    writeLogins(target, { SYS: { sys: { creds: "a" } } });
    removeLogins(target);
    removeLogins(target);
    assert.deepEqual(readdirSync(join(state, "creds", "nats-platform-dev")), []);
  });
});
