import assert from "node:assert/strict";
import {
  environmentLogins,
  type Login,
  readers,
  systemLogin,
  tenantLogins,
  workstationLogins,
  writers,
} from "../../../../commands/ctl/access/logins";
import { loginProblem } from "../../../../commands/ctl/access/nats";
import { findStack, requireKind } from "../../../../commands/ctl/access/stack";
import { loginsFor } from "../../../../commands/ctl/backup/show-work";
import { UnusableError } from "../../../../commands/ctl/errors";
import { theLogin } from "../../../../commands/ctl/show/credentials";
import { parseSpan } from "../../../../commands/ctl/show/logs";
import { promiseProblems } from "../../../../commands/ctl/show/promises";
import { kindOf, upCommand } from "../../../../commands/stack-kind";

describe("stacks that ctl works on", () => {
  it("has their kinds from their files", () => {
    assert.deepEqual(["dev", "dev-tenant-acme", "dev-demo"].map(kindOf), ["environment", "tenant", "demo"]);
    assert.equal(upCommand("dev-tenant-acme"), "make tenant-up TENANT=acme STACK=dev");
  });

  it("finds a tenant's environment, and both on the same cluster", () => {
    const { kind, tenant, target, environment } = findStack("dev-tenant-acme", undefined, {});
    assert.deepEqual([kind, tenant, target.stack, environment.stack], ["tenant", "acme", "dev-tenant-acme", "dev"]);
    assert.equal(target.context, environment.context);
  });

  it("refuses a demo, a stack without a file and a context that nobody has, each with a remedy and exit code 2", () => {
    const refused = (stack: string, pattern: RegExp, context?: string) =>
      assert.throws(
        () => findStack(stack, context, { KUBECONFIG: "/nowhere" }),
        (error) => error instanceof UnusableError && pattern.test(error.message),
      );
    refused("dev-demo", /make demo/);
    refused("nope", /does not exist/);
    refused("dev", /no kubeconfig at \/nowhere/, "mine");
  });

  it("refuses a command for kinds that it means nothing for", () => {
    const stack = findStack("dev-tenant-acme", undefined, {});
    assert.throws(() => requireKind(stack, ["environment"], "why"), /"dev-tenant-acme" is a tenant: why/);
    assert.doesNotThrow(() => requireKind(stack, ["tenant"], "why"));
  });
});

describe("users that ctl acts as", () => {
  const environment = environmentLogins({ observer: "o", "control-plane": "c", system: "s" });

  it("of an environment: reads as the observer with its inbox, writes as the control plane", () => {
    assert.deepEqual(
      readers(environment).map(({ user, inboxPrefix }) => [user, inboxPrefix]),
      [["observer", "_INBOX_observer"]],
    );
    assert.deepEqual(
      writers(environment).map(({ user }) => user),
      ["control-plane"],
    );
    assert.equal(systemLogin(environment)?.user, "system");
  });

  it("of a tenant: its admin, else who may read; a revoked one has no creds", () => {
    const user = (name: string, role: "worker" | "admin" | "observer") => ({ name, role });
    const users = [user("watch", "observer"), user("work", "worker"), user("boss", "admin")];
    const creds = { watch: "1", work: "2", boss: "3" };
    const [first] = readers(tenantLogins("acme", users, creds));
    assert.deepEqual([first?.user, first?.account], ["boss", "tenant-acme"]);
    const [onlyReader] = readers(tenantLogins("acme", users, { watch: "1" }));
    assert.deepEqual(
      [onlyReader?.user, onlyReader?.mayWrite, onlyReader?.inboxPrefix],
      ["watch", false, "_INBOX_watch"],
    );
    assert.throws(() => readers(tenantLogins("acme", users, {})), /no user to look with: all are revoked/);
    assert.deepEqual(writers(tenantLogins("acme", users, { watch: "1" })), []);
  });

  it("saves and restores as who may do so, else says that there is none", () => {
    const user = (name: string, role: "worker" | "admin" | "observer") => ({ name, role });
    const users = [user("work", "worker"), user("boss", "admin")];
    const acting = (logins: readonly Login[], account?: string) =>
      loginsFor(logins, account).map((login) => login.user);
    assert.deepEqual(acting(environment), ["control-plane"]);
    assert.deepEqual(acting(tenantLogins("acme", users, { work: "1", boss: "2" })), ["boss"]);
    const refused = (pattern: RegExp, logins: readonly Login[], account?: string) =>
      assert.throws(
        () => acting(logins, account),
        (error) => error instanceof UnusableError && pattern.test(error.message),
      );
    refused(/account tenant-acme has no user of role admin/, tenantLogins("acme", users, { work: "1" }));
    refused(/account "ELSE" is none of this stack: PLATFORM$/, environment, "ELSE");
  });

  it("of a workstation: one of each account, passwords as they are", () => {
    const logins = workstationLogins({ SYS: { sys: { password: "p" } }, NOETL: { noetl: { password: "p" } } });
    assert.deepEqual(
      readers(logins).map(({ account }) => account),
      ["NOETL"],
    );
    assert.equal(systemLogin(logins)?.user, "sys");
  });

  it("names the accounts there are, and where a tenant's is", () => {
    assert.throws(() => readers(environment, "NOPE"), /account "NOPE" is none to look at here: PLATFORM$/);
    assert.throws(() => readers(environment, "tenant-acme"), /--stack <environment>-tenant-acme/);
  });

  it("hands out the observer by default, the first user where there is none, and names the others", () => {
    assert.equal(theLogin(environment, undefined).user, "observer");
    const workstation = workstationLogins({ SYS: { sys: { password: "p" } }, NOETL: { noetl: { creds: "c" } } });
    assert.equal(theLogin(workstation, undefined).user, "noetl");
    assert.throws(() => theLogin(environment, "root"), /--user is one of observer, control-plane, system/);
  });

  it("says of a failed login what to do, and nothing of what proves the user", () => {
    const login = { account: "PLATFORM", user: "observer" };
    assert.match(
      loginProblem("dev", login, "no server is ready", new Error("closed")),
      /no server is ready.*ctl status/,
    );
    const refused = loginProblem("dev", login, undefined, new Error("'Authorization Violation'"));
    assert.match(refused, /refuse user observer of account PLATFORM.*ctl deploy/);
    assert.match(loginProblem("dev", login, undefined, new Error("timeout")), /timeout.*ctl health/);
  });
});

describe("what a workstation promises", () => {
  const buckets = (sessions: number) => [
    { name: "sessions", ttlSeconds: sessions },
    { name: "cache", ttlSeconds: 0 },
  ];
  const promised = (sessions = 300) => ({
    accounts: [{ name: "NOETL", buckets: buckets(sessions), streams: ["JOBS"] }],
  });
  const found = (name: string, seconds: number, account = "NOETL") => ({
    account,
    config: { name, max_age: seconds * 1e9 },
  });
  const sound = [found("KV_sessions", 300), found("KV_cache", 0), found("JOBS", 0)];

  it("holds when all is there", () => assert.deepEqual(promiseProblems(promised(), sound), []));

  it("names what is missing, also when another account has it", () => {
    const others = [found("KV_sessions", 300), found("KV_cache", 0, "OTHER")];
    assert.deepEqual(promiseProblems(promised(), others), [
      "bucket cache of NOETL is missing",
      "stream JOBS of NOETL is missing",
    ]);
  });

  it("names buckets whose values live for another time", () => {
    assert.deepEqual(promiseProblems(promised(60), sound), ["values of bucket sessions of NOETL live 300 s, not 60 s"]);
  });
});

describe("--since", () => {
  it("takes seconds, minutes, hours and days", () => {
    assert.deepEqual(["30s", "10m", "2h", "1d"].map(parseSpan), [30, 600, 7_200, 86_400]);
  });

  it("refuses everything else, saying what it takes", () => {
    for (const text of ["10", "m", "0s", "-5m", "1w", "99999999999999999999d"]) {
      assert.throws(() => parseSpan(text), /such as 15m or 7d, at most 36500d/);
    }
  });
});
