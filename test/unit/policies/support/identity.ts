import { accountClaims } from "../../../../components/identity/claims/account";
import type { UserAccess } from "../../../../components/identity/claims/user";
import { userClaims } from "../../../../components/identity/claims/user";
import { formatCreds } from "../../../../components/identity/creds";
import { type Claims, encodeJwt } from "../../../../components/identity/jwt";
import { signerFromSeed } from "../../../../components/identity/nkey";
import { testKey } from "../../components/identity/keys";
import type { Mutable } from "./cases";
import type { Resource } from "./pack";
import { wiredDeployment } from "./stacks";

const day = 86_400;
const operator = testKey("operator", "operator");
const account = testKey("account", "account");
const user = testKey("user", "user");
const accountSigner = testKey("account", "account-signer");

/** Seeds of the keys that sign and log in here, made anew at each run. */
export const seeds = { operator: operator.seed, account: account.seed, user: user.seed };

export const base64 = (text: string) => Buffer.from(text).toString("base64");

/** What a user of a test may do: its own subjects, and its own inbox. */
export const narrow: UserAccess = {
  permissions: { publish: { allow: ["orders.>"] }, subscribe: { allow: ["_INBOX_orders.>"] } },
};

/** Says one thing otherwise in the NATS part of claims, of which no component makes a wrong one. */
type Change = (nats: Record<string, unknown>) => void;

interface Issued {
  readonly name?: string;
  readonly change?: Change;
  /** Days ago. */
  readonly age?: number;
  readonly daysToLive?: number;
}

/** JWT of a user. */
export function userJwt({ name = "orders", change = () => {}, age = 1, daysToLive }: Issued = {}): string {
  const claims = userClaims({ name, publicKey: user.publicKey, accountId: account.publicKey, access: narrow });
  return issue(claims, accountSigner.seed, change, age, daysToLive);
}

/** A creds file. */
export function creds(issued: Issued = {}): string {
  return formatCreds({ jwt: userJwt(issued), seed: user.seed });
}

/** JWT of an account with limits, and a role `worker` that may do everything. */
export function accountJwt({ name = "SHOP", change = () => {}, age = 1 }: Issued = {}): string {
  const everything = { permissions: { publish: { allow: [">"] }, subscribe: { allow: [">"] } } };
  const claims = accountClaims({
    name,
    publicKey: account.publicKey,
    limits: {
      connections: 100,
      leafNodes: 0,
      subscriptions: 1000,
      payload: 1024,
      data: -1,
      imports: 0,
      exports: 0,
      wildcardExports: false,
      disallowBearer: true,
    },
    jetstream: { memoryStorage: 0, diskStorage: 1024 ** 3, streams: 10, consumers: 100 },
    signingKeys: [accountSigner.publicKey],
    scopedSigningKeys: [{ publicKey: testKey("account", "role").publicKey, role: "worker", access: everything }],
  });
  return issue(claims, operator.seed, change, age);
}

function issue(claims: Claims, seed: string, change: Change, age: number, daysToLive?: number): string {
  const copy = structuredClone(claims);
  change(copy.nats as unknown as Record<string, unknown>);
  const issuedAt = Math.floor(Date.now() / 1000) - age * day;
  return encodeJwt(copy, signerFromSeed(seed), { issuedAt, ttlSeconds: daysToLive && daysToLive * day });
}

/** What the chart makes of its values, as it writes it. */
export const natsConf = `{
  include ../nats-auth/auth.conf;
  "cluster": {
    "name": "nats-core",
    "port": 6222,
    "routes": [
      "nats://nats-0.nats-headless:6222"
    ]
  },
  "http_port": 8222,
  "jetstream": {
    "max_file_store": 10Gi,
    "store_dir": "/data"
  },
  "port": 4222,
  "resolver": {
    "allow_delete": true,
    "dir": "/data/resolver",
    "type": "full"
  },
  "server_name": $SERVER_NAME
}
`;

/** A ConfigMap with a server's configuration, Secrets with what it includes, with creds and a signing key, a chart, and an app. */
export function identityStack(): Resource[] {
  const secret = (name: string, metadata: object, data: object): Resource => ({
    type: "kubernetes:core/v1:Secret",
    name,
    props: { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data },
  });
  const auth = `system_account: ${account.publicKey}\nresolver_preload: {\n  ${account.publicKey}: ${accountJwt()}\n}\n`;
  return [
    ...wiredDeployment(),
    {
      type: "kubernetes:core/v1:ConfigMap",
      name: "config",
      props: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "nats-config", namespace: "nats" },
        data: { "nats.conf": natsConf },
      },
    },
    secret("auth", { name: "nats-auth", namespace: "nats" }, { "auth.conf": base64(auth) }),
    secret("creds", { name: "nats-orders-creds", namespace: "shop" }, { "nats.creds": base64(creds()) }),
    secret(
      "signer",
      { name: "nats-app-signer-shop", namespace: "nats-callout" },
      { "signing.seed": base64(accountSigner.seed), "account.id": base64(account.publicKey) },
    ),
    {
      type: "kubernetes:helm.sh/v3:Release",
      name: "release",
      props: {
        chart: "nats",
        values: {
          config: {
            resolver: { enabled: true, merge: { type: "full", allow_delete: true } },
            merge: { $include: "../nats-auth/auth.conf" },
          },
          natsBox: { contexts: { default: { creds: { secretName: "nats-observer-creds" } } } },
          container: { env: { GOMEMLIMIT: "900MiB" } },
        },
      },
    },
  ];
}

/** Puts a text into a Secret, as `data` has it. */
export function setData(secret: Mutable, key: string, text: string): void {
  secret.props.data[key] = base64(text);
}
