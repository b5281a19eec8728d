import assert from "node:assert/strict";
import { signerFromSeed } from "../../../../components/identity/nkey";
import { Operator } from "../../../../components/identity/operator";
import { defaultImages } from "../../../../components/images";
import type { TenantUser } from "../../../../components/tenant/identity";
import { Tenant, type TenantArgs } from "../../../../components/tenant/tenant";
import { readAppSigner } from "../../../../services/auth-callout/kubernetes/app-signer";
import { type Registered, recordResources, settled } from "../../support/mocks";
import { claimsOf, testKey } from "../identity/keys";

const worker: TenantUser = { name: "worker", role: "worker", epoch: 1, retiredEpoch: 0, revoked: false };

async function register(changes: Partial<TenantArgs> = {}): Promise<Registered[]> {
  const registered = recordResources();
  const operator = new Operator("op", {
    name: "op",
    epoch: 1,
    systemAccountId: testKey("account", "sys").publicKey,
    minimumServerVersion: "2.14.0",
  });
  new Tenant("acme", {
    tenant: "acme",
    instances: 2,
    resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "2", memory: "4Gi" } },
    nodeSelector: {},
    metrics: true,
    images: defaultImages,
    egress: "restricted",
    workerNamespaces: false,
    users: [worker, { ...worker, name: "bob", role: "admin" }],
    accountEpoch: 1,
    environmentEpochs: { operator: 2, accounts: 3 },
    calloutNamespace: "nats-callout",
    apps: { suspended: false, publish: ["orders.>"], subscribe: [] },
    limits: {
      connections: 10,
      leafNodes: 0,
      subscriptions: 10,
      payload: 1024,
      data: 1024,
      imports: 0,
      exports: 0,
      wildcardExports: false,
      disallowBearer: true,
    },
    jetstream: { memoryStorage: 0, diskStorage: 1024, streams: 1, consumers: 1 },
    operator,
    operatorJwt: operator.jwt,
    systemAccountId: testKey("account", "sys").publicKey,
    systemAccountJwt: "sys.jwt",
    tenantsNamespace: "vrsky-tenants",
    platformNamespace: "nats",
    accountsNamespace: "nats-accounts",
    monitoringNamespace: "vrsky-monitoring",
    ...changes,
  });
  await settled();
  return registered;
}

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly finalizers?: string[];
}
const metadataOf = ({ inputs }: Registered) => inputs.metadata as Metadata;
const kubernetes = (registered: Registered[]) => registered.filter(({ type }) => type.startsWith("kubernetes:"));
const objectNames = (registered: Registered[]) =>
  kubernetes(registered)
    .map((one) => `${one.type.split(":")[2]} ${metadataOf(one).namespace}/${metadataOf(one).name}`)
    .sort();
/** What a secret input holds: mocks see it in Pulumi's envelope. */
const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "value" in value ? value.value : value;
function secretText(registered: Registered[], name: string, key: string): string {
  const secret = kubernetes(registered).find((one) => one.type.endsWith(":Secret") && metadataOf(one).name === name);
  const data = plain(secret?.inputs.data) as Record<string, unknown> | undefined;
  return Buffer.from(String(plain(data?.[key]) ?? assert.fail(`no ${key} in ${name}`)), "base64").toString();
}
const accountOf = (registered: Registered[]) =>
  claimsOf(secretText(registered, "nats-account-tenant-acme", "account.jwt"));

describe("Tenant", () => {
  let registered: Registered[];
  before(async () => {
    registered = await register();
  });

  it("makes exactly its objects, all found by its label", () => {
    assert.deepEqual(objectNames(registered), [
      "Deployment vrsky-tenants/nats-acme-1",
      "Deployment vrsky-tenants/nats-acme-2",
      "NetworkPolicy vrsky-tenants/tenant-nats-isolation-acme",
      "NetworkPolicy vrsky-tenants/tenant-nats-workers-acme",
      "Secret nats-accounts/nats-account-tenant-acme",
      "Secret nats-callout/nats-app-signer-acme",
      "Secret vrsky-tenants/nats-acme-bob-creds",
      "Secret vrsky-tenants/nats-acme-config",
      "Secret vrsky-tenants/nats-acme-worker-creds",
      "Service vrsky-tenants/nats-acme-1",
      "Service vrsky-tenants/nats-acme-2",
      "ServiceAccount vrsky-tenants/nats-acme",
    ]);
    for (const one of kubernetes(registered)) {
      assert.equal(metadataOf(one).labels["nats-platform/tenant"], "acme", one.name);
    }
  });

  it("says with which keys of the environment account and instances were made", () => {
    const made = kubernetes(registered).filter(
      ({ type, inputs }) =>
        type.endsWith(":Deployment") || metadataOf({ inputs } as Registered).namespace === "nats-accounts",
    );
    assert.equal(made.length, 3);
    for (const one of made) {
      const { annotations } = metadataOf(one);
      assert.equal(annotations?.["nats-platform/operator-epoch"], "2", one.name);
      assert.equal(annotations?.["nats-platform/accounts-epoch"], "3", one.name);
    }
  });

  it("has no instance and nothing that is for instances when there are to be none", async () => {
    assert.deepEqual(
      objectNames(await register({ instances: 0 })).filter((name) => !name.includes("creds")),
      [
        "NetworkPolicy vrsky-tenants/tenant-nats-isolation-acme",
        "NetworkPolicy vrsky-tenants/tenant-nats-workers-acme",
        "Secret nats-accounts/nats-account-tenant-acme",
        "Secret nats-callout/nats-app-signer-acme",
      ],
    );
  });

  it("offers each instance by a Service of its name, on the client and the monitoring port", () => {
    const service = registered.find(
      ({ type, name }) => type === "kubernetes:core/v1:Service" && name === "nats-acme-2",
    );
    assert.deepEqual(service?.inputs.spec, {
      selector: { app: "nats", "tenant-id": "acme", "instance-num": "2" },
      ports: [
        { name: "nats", port: 4222, targetPort: "nats" },
        { name: "monitor", port: 8222, targetPort: "monitor" },
      ],
    });
    assert.equal(service && metadataOf(service).labels.app, "nats");
  });

  it("holds its account's Secret back until servers have dropped the account, with the order to do so beside it", () => {
    const secret = kubernetes(registered).find((one) => metadataOf(one).name === "nats-account-tenant-acme");
    const { labels, annotations, finalizers } = secret ? metadataOf(secret) : assert.fail();
    const account = accountOf(registered);
    assert.equal(labels["nats-platform/account"], "tenant-acme");
    assert.equal(annotations?.["nats-platform/account-id"], account.sub);
    assert.deepEqual(finalizers, ["nats-platform/account-sync"]);
    const deletion = claimsOf(secretText(registered, "nats-account-tenant-acme", "delete.jwt"));
    assert.deepEqual([deletion.iss, deletion.nats.accounts], [account.iss, [account.sub]]);
  });

  it("gives its account a signing key per role, and the limits asked for", () => {
    const { name, nats } = accountOf(registered);
    assert.equal(name, "tenant-acme");
    const roles = nats.signing_keys.filter((key: unknown) => typeof key === "object");
    assert.deepEqual([...new Set(roles.map(({ role }: { role: string }) => role))].sort(), [
      "admin",
      "app",
      "observer",
      "worker",
    ]);
    const { conn, leaf, imports, exports, mem_storage, disk_storage, disallow_bearer } = nats.limits;
    assert.deepEqual(
      { conn, leaf, imports, exports, mem_storage, disk_storage, disallow_bearer },
      { conn: 10, leaf: 0, imports: 0, exports: 0, mem_storage: 0, disk_storage: 1024, disallow_bearer: true },
    );
    assert.equal(nats.revocations, undefined);
  });

  it("gives the callout what signs its apps' users, and no more: the account's key for apps, what is granted, whether it is suspended", async () => {
    const account = accountOf(registered);
    const secret = kubernetes(registered).find((one) => metadataOf(one).name === "nats-app-signer-acme");
    assert.deepEqual(secret && metadataOf(secret).labels, {
      "app.kubernetes.io/managed-by": "pulumi",
      "app.kubernetes.io/part-of": "nats-platform",
      "nats-platform/tenant": "acme",
    });
    const data = Object.fromEntries(
      Object.keys(plain(secret?.inputs.data) as object).map((key) => [
        key,
        secretText(registered, "nats-app-signer-acme", key),
      ]),
    );
    const { "signing.seed": seed = "", "policy.json": policy = "", ...rest } = data;
    assert.deepEqual(rest, { "account.id": account.sub });
    assert.deepEqual(JSON.parse(policy), { suspended: false, publish: ["orders.>"], subscribe: [] });
    const scope = account.nats.signing_keys.find(({ key }: { key?: string }) => key === signerFromSeed(seed).publicKey);
    assert.deepEqual([scope.kind, scope.role], ["user_scope", "app"]);
    const apps = { suspended: true, publish: [], subscribe: [">"] };
    const later = await register({ apps });
    assert.deepEqual(JSON.parse(secretText(later, "nats-app-signer-acme", "policy.json")), apps);
    assert.equal(secretText(later, "nats-app-signer-acme", "signing.seed"), seed);
    assert.deepEqual(
      readAppSigner({
        data: Object.fromEntries(
          Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
        ),
      }).publish,
      ["orders.>"],
    );
  });

  it("keeps what the callout's key is good for in the account: tagged subjects, no administration, nobody else's inbox", () => {
    const scopes = accountOf(registered).nats.signing_keys.filter(({ role }: { role?: string }) => role === "app");
    assert.ok(scopes.length > 0);
    for (const { template } of scopes) {
      const { pub, sub, resp, allowed_connection_types, bearer_token } = template;
      assert.deepEqual(
        { pub, sub, resp, allowed_connection_types, bearer_token },
        {
          pub: {
            allow: ["{{tag(pub)}}", "_INBOX.>", "_INBOX_APP.>"],
            deny: [
              "$JS.API.STREAM.CREATE.*",
              "$JS.API.STREAM.UPDATE.*",
              "$JS.API.STREAM.DELETE.*",
              "$JS.API.STREAM.PURGE.*",
              "$JS.API.STREAM.SNAPSHOT.*",
              "$JS.API.STREAM.RESTORE.*",
              "$JS.API.STREAM.MSG.DELETE.*",
              "$JS.API.STREAM.PEER.REMOVE.*",
              "$JS.API.STREAM.LEADER.STEPDOWN.*",
              "$JS.API.CONSUMER.LEADER.STEPDOWN.*.*",
              "$JS.API.META.>",
              "$JS.API.SERVER.>",
              "$JS.API.ACCOUNT.>",
              "$SYS.>",
            ],
          },
          sub: { allow: ["{{tag(sub)}}"], deny: ["$JS.API.>", "$SYS.>", "_INBOX.>"] },
          // With one, an app that answers itself may publish anything.
          resp: undefined,
          allowed_connection_types: ["STANDARD", "WEBSOCKET"],
          bearer_token: undefined,
        },
      );
    }
  });

  it("refuses retired and revoked creds in the account, keeps their keys, and has Secrets for good ones only", async () => {
    const users = [
      { ...worker, epoch: 3, retiredEpoch: 1 },
      { ...worker, name: "bob", epoch: 2, revoked: true },
    ];
    const later = await register({ users });
    const keys = later.filter(({ name }) => /^acme-user-.*-key-\d$/.test(name)).map(({ name }) => name);
    assert.deepEqual(keys.sort(), [
      "acme-user-bob-key-1",
      "acme-user-bob-key-2",
      "acme-user-worker-key-1",
      "acme-user-worker-key-2",
      "acme-user-worker-key-3",
    ]);
    assert.equal(Object.keys(accountOf(later).nats.revocations).length, 3);
    assert.deepEqual(
      objectNames(later).filter((name) => name.includes("creds")),
      ["Secret vrsky-tenants/nats-acme-worker-creds"],
    );
  });

  it("keeps the instances' configuration in a Secret that holds the tenant's account and SYS", () => {
    const config = secretText(registered, "nats-acme-config", "nats.conf");
    const { sub } = accountOf(registered);
    assert.match(
      config,
      new RegExp(`resolver_preload: {\\n {2}A[A-Z2-7]{55}: sys.jwt\\n {2}${sub}: eyJ[\\w.-]+\\n}\\n$`),
    );
  });

  it("restarts no instance for a new account JWT", async () => {
    const annotations = (all: Registered[]) =>
      all
        .filter(({ type }) => type === "kubernetes:apps/v1:Deployment")
        .map(({ inputs }) => (inputs.spec as { template: { metadata: Metadata } }).template.metadata.annotations);
    const later = await register({ users: [{ ...worker, revoked: true }] });
    assert.notDeepEqual(accountOf(later).nats, accountOf(registered).nats);
    assert.deepEqual(annotations(later), annotations(registered));
  });

  it("registers the same inputs on a second run", async () => {
    const texts = (all: Registered[]) => all.map((resource) => JSON.stringify(resource)).sort();
    assert.deepEqual(texts(await register()), texts(registered));
  });

  it("puts no seed into anything but Secrets' data", () => {
    for (const { type, name, inputs } of registered) {
      if (type.startsWith("kubernetes:") && !type.endsWith(":Secret")) {
        assert.doesNotMatch(JSON.stringify(inputs), /eyJ|\bS[OAU][A-Z2-7]{56}\b/, name);
      }
    }
  });
});
