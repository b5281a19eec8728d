import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Forward } from "../../commands/ctl/access/forward";
import type { Login } from "../../commands/ctl/access/logins";
import { Access } from "../../commands/ctl/access/nats";
import type { StackFacts } from "../../commands/ctl/access/outputs";
import { UnusableError } from "../../commands/ctl/errors";
import { ports } from "../../components/platform/ports";
import { type TestAccount, TestOperator } from "../../local/world/identity";
import { TestFleet } from "../../local/world/servers";
import { createCertificate } from "./verify-servers";

describe("how ctl logs in, at servers with TLS", () => {
  const dir = mkdtempSync(join(tmpdir(), "nats-platform-ctl-"));
  const operator = new TestOperator();
  const certificate = createCertificate(dir);
  const relays: Server[] = [];
  let fleet: TestFleet;
  let account: TestAccount;

  before("three servers", async () => {
    account = operator.account("PLATFORM");
    const preload = new Map([[account.id, account.jwt()]]);
    fleet = await TestFleet.start(operator, operator.system.jwt(), { preload, tls: certificate });
  });

  after(async () => {
    await fleet?.stop();
    rmSync(dir, { recursive: true });
  });

  /** Leads to a server, as a forward through the Kubernetes API would. */
  async function relay(problem?: string): Promise<Forward> {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      if (problem) return void socket.destroy();
      const target = connectTcp(ports.client, fleet.platform[0]?.address ?? "");
      target.on("error", () => socket.destroy());
      socket.pipe(target).pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    relays.push(server);
    const { port } = server.address() as AddressInfo;
    return { port, problem: () => problem, close: () => void server.close() };
  }

  /** A cluster whose every Secret has the servers' authority, or nothing. */
  const cluster = (ca: string | undefined) => {
    const data = ca ? { "ca.crt": Buffer.from(ca).toString("base64") } : {};
    return { makeApiClient: () => ({ readNamespacedSecret: async () => ({ data }) }) } as unknown as KubeConfig;
  };

  const authority = () => readFileSync(certificate.ca, "utf8");

  function access(more: Partial<StackFacts> = {}, ca: string | undefined = authority(), problem?: string): Access {
    const facts = { namespace: "nats", url: "tls://localhost:4222", caSecret: "nats-tls", logins: [], ...more };
    const stack = { kind: "environment", target: { stack: "dev" } };
    return new Access(stack as never, facts as never, cluster(ca), () => relay(problem));
  }

  const login = (creds = account.user().creds): Login => ({
    account: "PLATFORM",
    user: "observer",
    mayWrite: false,
    mayAdminister: false,
    proof: { creds },
    inboxPrefix: "_INBOX_observer",
  });

  it("is let in, its server verified by the in-cluster name, and closes everything behind it", async () => {
    const own = access();
    const connection = await own.connect(login());
    await connection.flush();
    assert.equal(connection.info?.tls_required, true);
    await own.close();
    assert.ok(connection.isClosed());
    assert.equal(relays.at(-1)?.listening, false);
  });

  const refused = (own: Access, pattern: RegExp, as: Login = login()) =>
    assert
      .rejects(own.connect(as), (error: Error) => {
        assert.ok(error instanceof UnusableError);
        assert.match(error.message, pattern);
        return true;
      })
      .finally(() => own.close());

  it("trusts no server of another name, nor of another authority", async () => {
    await refused(access({ url: "tls://nats.other.svc.cluster.local:4222" }), /does not match certificate|altnames/i);
    await refused(access({ caSecret: undefined }), /certificate/i);
  });

  it("says what is wrong with the Secret of the authority", () =>
    refused(access({}, ""), /Secret nats\/nats-tls has no ca.crt/));

  it("says that servers refuse the user, and how to repair it, without what proves it", async () => {
    const stranger = operator.account("STRANGER").user().creds;
    await refused(access(), /servers refuse user observer of account PLATFORM.*ctl deploy/, login(stranger));
  });

  it("says why no server is reached", () =>
    refused(
      access({}, authority(), "no server is ready"),
      /no server of stack "dev" can be reached: no server is ready/,
    ));
});
