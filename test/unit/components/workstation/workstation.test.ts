import assert from "node:assert/strict";
import { Workstation } from "../../../../components/workstation/workstation";
import { workstationArgs } from "../../../../stacks/workstation-args";
import { parseWorkstationConfig } from "../../../../stacks/workstation-config";
import { type Registered, recordResources, settled } from "../../support/mocks";

const accounts = {
  NOETL: {
    users: ["noetl", "gateway"],
    buckets: [{ name: "sessions" }],
    streams: [{ name: "orders", subjects: ["orders.>"] }],
  },
  SHOP: { users: ["shop"], buckets: [{ name: "sessions" }], streams: [{ name: "orders", subjects: ["orders.>"] }] },
  EMPTY: { users: ["nothing"] },
};

async function register(parts: object = {}): Promise<Registered[]> {
  const registered = recordResources();
  const config = parseWorkstationConfig({ workstation: { accounts, ...parts } });
  new Workstation("workstation", workstationArgs(config));
  await settled();
  return registered;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes
const inputsOf = (registered: readonly Registered[], type: string): any[] =>
  registered.filter((one) => one.type === `kubernetes:${type}`).map(({ inputs }) => inputs);

/** Text of a Secret's key: mocks see secrets in Pulumi's envelope. */
function textOf(value: unknown, key: string): string {
  const plain = (of: unknown): unknown =>
    typeof of === "object" && of !== null && "value" in of ? (of as { value: unknown }).value : of;
  return Buffer.from(String(plain((plain(value) as Record<string, unknown>)[key])), "base64").toString();
}

describe("Workstation", () => {
  for (const auth of ["jwt", "static"] as const) {
    describe(`with auth ${auth}`, () => {
      let registered: Registered[];
      before(async () => {
        registered = await register({ auth });
      });

      it("has a namespace of its own with PodSecurity restricted, closed but for the server's ports", () => {
        const [namespace, ...others] = inputsOf(registered, "core/v1:Namespace");
        assert.equal(namespace.metadata.name, "nats-workstation");
        assert.equal(namespace.metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
        assert.deepEqual(others, []);
        const policies = inputsOf(registered, "networking.k8s.io/v1:NetworkPolicy");
        assert.deepEqual(
          policies.map(({ metadata }) => metadata.name),
          ["default-deny", "nats-servers", "nats-clients"],
        );
        const [, servers] = policies;
        assert.deepEqual(servers.spec.policyTypes, ["Ingress", "Egress"]);
        assert.equal(servers.spec.egress, undefined, "the server connects to nobody");
        assert.deepEqual(servers.spec.ingress[0], {
          ports: [4222, 8222].map((port) => ({ protocol: "TCP", port })),
        });
      });

      it("keeps logins out of the chart's values and of ConfigMaps", () => {
        const open = [...inputsOf(registered, "helm.sh/v4:Chart"), ...inputsOf(registered, "core/v1:ConfigMap")];
        assert.doesNotMatch(JSON.stringify(open), /eyJ|\bS[OAUX][A-Z2-7]{56}\b|password:/);
      });

      it("makes buckets and streams by a Job per account that has any, of another name even if they are alike", () => {
        const names = inputsOf(registered, "batch/v1:Job").map(({ metadata }) => metadata.name);
        assert.equal(names.length, 2);
        const [noetl, shop] = names.map((name) => name.replace(/-[0-9a-f]{8}$/, ""));
        assert.deepEqual([noetl, shop], ["nats-buckets-noetl", "nats-buckets-shop"]);
        const [files] = inputsOf(registered, "core/v1:ConfigMap").map(({ data }) => Object.keys(data).sort());
        assert.deepEqual(files, ["apply.sh", "orders.stream.json", "sessions.json"]);
      });

      it("has a Job that failed replaced at the next up, which could not succeed otherwise", () => {
        const asked = inputsOf(registered, "batch/v1:Job").map(({ metadata }) => metadata.annotations);
        assert.deepEqual(asked, Array(2).fill({ "pulumi.com/replaceUnready": "true" }));
      });

      it("has the Job log in as the account's first user, by that user's Secret", () => {
        const [{ spec }] = inputsOf(registered, "batch/v1:Job");
        const { containers, volumes } = spec.template.spec;
        const env = Object.fromEntries(containers[0].env.map(({ name, ...value }: { name: string }) => [name, value]));
        assert.deepEqual(env.NATS_URL, {
          value: "nats://nats-0.nats-headless.nats-workstation.svc.cluster.local:4222",
        });
        if (auth === "jwt") {
          assert.deepEqual(volumes[1], { name: "creds", secret: { secretName: "nats-noetl-creds" } });
          assert.deepEqual(env.NATS_CREDS, { value: "/creds/nats.creds" });
        } else {
          const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: "nats-noetl-password", key } } });
          assert.deepEqual([env.NATS_USER, env.NATS_PASSWORD], [from("username"), from("password")]);
          assert.deepEqual(
            volumes.map(({ name }: { name: string }) => name),
            ["buckets", "tmp"],
          );
        }
      });

      it("gives the server all accounts, and every user a Secret", () => {
        const secrets = registered.filter(({ type }) => type === "kubernetes:core/v1:Secret");
        const auths = secrets.find(({ name }) => name === "nats-auth");
        const text = textOf(auths?.inputs.data, "auth.conf");
        const accountsIn = auth === "jwt" ? text.match(/^ {2}A[A-Z2-7]{55}: eyJ/gm) : text.match(/^ {2}[$A-Z]+: \{/gm);
        assert.equal(accountsIn?.length, 4);
        const ending = auth === "jwt" ? "creds" : "password";
        const names = secrets.map(({ inputs }) => (inputs.metadata as { name: string }).name);
        assert.deepEqual(
          names.filter((name) => name !== "nats-auth").sort(),
          ["gateway", "noetl", "nothing", "shop", "sys"].map((user) => `nats-${user}-${ending}`),
        );
      });

      it("registers the same inputs on a second run", async () => {
        const texts = (all: Registered[]) => all.map((resource) => JSON.stringify(resource)).sort();
        assert.deepEqual(texts(await register({ auth })), texts(registered));
      });
    });
  }

  it("has new keys for users with another epoch, and keeps those that name accounts", async () => {
    const keys = (all: Registered[]) =>
      all.filter(({ type }) => type === "random:index/randomPassword:RandomPassword").map(({ name }) => name);
    const one = { accounts: { NOETL: { users: ["noetl"] } } };
    const [former, latter] = [keys(await register(one)), keys(await register({ ...one, epoch: 2 }))];
    assert.ok(former.includes("workstation-user-noetl-key-1") && latter.includes("workstation-user-noetl-key-2"));
    assert.ok(!latter.includes("workstation-user-noetl-key-1"));
    const lasting = (names: string[]) => names.filter((name) => name.endsWith("-key")).sort();
    assert.deepEqual(lasting(former), lasting(latter));
    assert.equal(lasting(former).length, 3, "the operator's, the system account's and NOETL's");
  });
});
