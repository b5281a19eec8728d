import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { appInboxPrefix } from "../../components/auth-callout/names";
import type { Workload } from "../../local/auth-callout/token-issuer";
import { CalloutWorld } from "../../local/auth-callout/world";
import { until } from "../../local/world/until";
import { recordViolations } from "./identity-server";

/** A reply subject is whatever who asks says it is, and servers check nobody's right to it: it must give nobody a right. */
describe("reply subjects of apps", function () {
  this.timeout(60_000);
  let world: CalloutWorld;
  let web: NatsConnection;
  let owner: NatsConnection;
  const open: NatsConnection[] = [];

  before(async () => {
    world = await CalloutWorld.start({ replicas: 1 });
    owner = await opened(
      connect({ servers: world.url(), authenticator: world.acme.account.user().authenticator, reconnect: false }),
    );
    web = await app(world.cluster.addPod("shop", "web"));
  });
  afterEach(function () {
    if (this.currentTest?.isFailed()) world.printLogs();
  });
  after(async () => {
    await Promise.all(open.map((connection) => connection.close()));
    await world.stop();
  });

  async function opened(connecting: Promise<NatsConnection>): Promise<NatsConnection> {
    const connection = await connecting;
    open.push(connection);
    return connection;
  }

  async function app(workload: Workload): Promise<NatsConnection> {
    const { namespace, serviceAccount } = workload;
    const inboxPrefix = appInboxPrefix(namespace, serviceAccount.name);
    const token = await world.tokens.token(workload);
    return opened(connect({ servers: world.url(), token, inboxPrefix, reconnect: false, ignoreClusterUpdates: true }));
  }

  const targets = {
    "removal of a stream": "$JS.API.STREAM.DELETE.payroll",
    "messages of a stream": "$JS.API.STREAM.MSG.GET.payroll",
    "a subject of another namespace": "lab.orders.new",
    "connections of the account": "$SYS.REQ.ACCOUNT.PING.CONNZ",
    "the inbox of an observer": "_INBOX_observer.1",
  };
  for (const [what, target] of Object.entries(targets)) {
    it(`lets no app answer itself in order to publish ${target} (${what})`, async () => {
      const violations = recordViolations(web);
      let heard = 0;
      const ear = owner.subscribe(target, {
        callback: () => {
          heard += 1;
        },
      });
      await owner.flush();
      const received = new Promise<Msg>((resolve) =>
        web.subscribe("shop.self", { max: 1, callback: (_, message) => resolve(message) }),
      );
      web.publish("shop.self", "", { reply: target });
      const message = await received;
      assert.equal(message.reply, target);
      message.respond("forged");
      await until("it is refused", () => violations.length > 0);
      assert.deepEqual(violations, [`publish ${target}`]);
      await Promise.all([web.flush(), owner.flush()]);
      ear.unsubscribe();
      assert.equal(heard, 0);
    });
  }

  it("lets apps answer whoever asks with an inbox: users of the tenant, and apps of other namespaces", async () => {
    world.cluster.putNamespace("office", world.acme.name);
    world.cluster.putTenant(world.acme, { publish: ["shop.price"], subscribe: [] });
    const annotations = { "nats.io/allowed-pub-subjects": "shop.price" };
    const office = await app(world.cluster.addPod("office", "clerk", { annotations }));
    web.subscribe("shop.price", { callback: (_, message) => void message.respond(`${message.string()}: 3`) });
    await web.flush();
    for (const asker of [owner, office, web]) {
      await until("the answer's interest has reached every server", async () => {
        const answer = await asker.request("shop.price", "tea", { timeout: 2_000 }).catch(() => undefined);
        return answer?.string() === "tea: 3";
      });
    }
  });

  it("lets no app have JetStream give an order, by its answer to a message that the app may store", async () => {
    const stream = async (request: string, body: object = {}): Promise<StreamAnswer> =>
      (await owner.request(`$JS.API.STREAM.${request}`, JSON.stringify(body))).json();
    await stream("CREATE.payroll", { name: "payroll", subjects: ["payroll.>"], storage: "memory" });
    await stream("CREATE.log", { name: "log", subjects: ["shop.log"], storage: "memory" });
    // A new stream's interest reaches the other servers a moment after it is made: until then nobody answers.
    await jetstream(owner).publish("payroll.alice", "1,000", { retries: 20 });
    // `{"stream":"log","seq":1}`, which is what JetStream answers, would be an order to remove all before message 1, then 2, then 3.
    await until("three are stored", async () => {
      web.publish("shop.log", "", { reply: "$JS.API.STREAM.PURGE.payroll" });
      await web.flush();
      return (await stream("INFO.log")).state.messages >= 3;
    });
    assert.equal((await stream("INFO.payroll")).state.messages, 1);
  });
});

interface StreamAnswer {
  readonly state: { readonly messages: number };
}
