import { randomBytes } from "node:crypto";
import { formatCreds } from "../../../../components/identity/creds";
import { encodeJwt } from "../../../../components/identity/jwt";
import {
  type EncodedKeyPair,
  encodeKeyPair,
  type SigningKind,
  signerFromSeed,
} from "../../../../components/identity/nkey";
import { instanceConfig } from "../../../../components/tenant/nats-config";
import type { Mutable, PolicyCases } from "../support/cases";
import { type Resource, unknownText } from "../support/pack";
import { instance, policiesOf, worker } from "../support/tenants";

const key = (kind: SigningKind) => encodeKeyPair(kind, randomBytes(32));
const base64 = (text: string) => Buffer.from(text).toString("base64");

const operator = key("operator");
const validity = { issuedAt: Math.floor(Date.now() / 1000) };
const signed = (by: EncodedKeyPair, sub: string, nats: object) =>
  encodeJwt({ sub, nats: { version: 2, ...nats } as never }, signerFromSeed(by.seed), validity);

/** Keys of an account, and a user of it. */
function account() {
  const [own, signing, user] = [key("account"), key("account"), key("user")];
  const jwt = signed(operator, own.publicKey, { type: "account", signing_keys: [{ key: signing.publicKey }] });
  const userJwt = signed(signing, user.publicKey, { type: "user", issuer_account: own.publicKey });
  return { own, signing, user, jwt, creds: formatCreds({ jwt: userJwt, seed: user.seed }) };
}

const [system, acme, globex] = [account(), account(), account()];
const operatorJwt = signed(operator, operator.publicKey, { type: "operator", system_account: system.own.publicKey });
/** Another user of the same account. */
const second = key("user");
const secondCreds = formatCreds({
  jwt: signed(acme.signing, second.publicKey, { type: "user", issuer_account: acme.own.publicKey }),
  seed: second.seed,
});

function config({ own, jwt }: typeof acme): string {
  return instanceConfig({
    operatorJwt,
    systemAccountId: system.own.publicKey,
    systemAccountJwt: system.jwt,
    accountId: own.publicKey,
    accountJwt: jwt,
  });
}

/** A tenant's Secret `<tenant>-<what>`. */
function secret(tenant: string, what: string, data: Record<string, string>, label = "nats-platform/tenant"): Resource {
  const metadata = { name: `nats-${tenant}-${what}`, namespace: "vrsky-tenants", labels: { [label]: tenant } };
  const encoded = Object.fromEntries(Object.entries(data).map(([name, text]) => [name, base64(text)]));
  return {
    type: "kubernetes:core/v1:Secret",
    name: `${tenant}-${what}`,
    props: { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: encoded },
  };
}

function tenant(id: string, its: typeof acme): Resource[] {
  return [
    ...policiesOf(id),
    ...instance(id),
    ...worker(id),
    secret(id, "config", { "nats.conf": config(its) }),
    secret(id, "creds", { "nats.creds": its.creds, note: "the same in both" }),
    secret(id, "keys", { "account.id": its.own.publicKey, "signing.seed": its.signing.seed }, "tenant-id"),
  ];
}

/** The tenant's worker has the token of its namespace's ServiceAccount. */
function withToken(resources: Resource[]): Resource[] {
  const worker = resources.find(({ name }) => name.endsWith("-worker"));
  delete (worker as Mutable).props.spec.template.spec.automountServiceAccountToken;
  return resources;
}

const pod = (what: string, change: (spec: Mutable["props"]) => void, says: RegExp) => ({
  what,
  resource: "globex-worker",
  change: ({ props }: Mutable) => change(props.spec.template.spec),
  says,
});
const shared = (path: string, name: string | undefined) =>
  new RegExp(
    `Deployment "vrsky-tenants/globex-orders": spec\\.template\\.spec\\.${path} is ${name === undefined ? "missing" : `"${name}"`}; must be one of tenant "globex" alone; tenant "acme" has it too`,
  );

const volume = (what: string, source: object, path: string, name = "nats-acme-creds") =>
  pod(
    `the other's Secret in a ${what}`,
    (spec) => {
      spec.volumes = [{ name: "x", ...source }];
    },
    shared(path, name),
  );

const content = (what: string, text: string, kind: string) => ({
  what,
  resource: "globex-creds",
  change: ({ props }: Mutable) => {
    props.data["nats.creds"] = base64(text);
  },
  says: new RegExp(
    `Secret "vrsky-tenants/nats-globex-creds": data\\["nats\\.creds"\\] is a text with an? ${kind} of NATS; must hold nothing of tenant "acme": Secret "vrsky-tenants/nats-acme-\\w+" has that ${kind} too`,
  ),
});

export const cases: PolicyCases = {
  policy: "tenant-shared-identity",
  config: { "no-private-keys": { accounts: ["vrsky-tenants/nats-*"] }, "creds-age": { enforcementLevel: "disabled" } },
  compliant: [...withToken(tenant("acme", acme)), ...tenant("globex", globex)],
  mutations: [
    pod(
      "the other's ServiceAccount",
      (spec) => {
        spec.serviceAccountName = "nats-acme";
      },
      shared("serviceAccountName", "nats-acme"),
    ),
    pod(
      "the other's ServiceAccount by the former field",
      (spec) => {
        spec.serviceAccount = "nats-acme";
      },
      shared("serviceAccount", "nats-acme"),
    ),
    pod(
      "the token of the ServiceAccount that all pods have which name none",
      (spec) => delete spec.automountServiceAccountToken,
      shared("serviceAccountName", undefined),
    ),
    pod(
      "the same by its name",
      (spec) => {
        spec.serviceAccountName = "default";
        spec.volumes = [{ name: "x", projected: { sources: [{ serviceAccountToken: { path: "x", audience: "x" } }] } }];
      },
      shared("serviceAccountName", "default"),
    ),
    volume("volume", { secret: { secretName: "nats-acme-creds" } }, "volumes\\[0\\]\\.secret\\.secretName"),
    volume(
      "projected volume",
      { projected: { sources: [{ configMap: { name: "x" } }, { secret: { name: "nats-acme-creds" } }] } },
      "volumes\\[0\\]\\.projected\\.sources\\[1\\]\\.secret\\.name",
    ),
    volume(
      "volume of a CSI driver",
      { csi: { driver: "secrets-store.csi.k8s.io", nodePublishSecretRef: { name: "nats-acme-creds" } } },
      "volumes\\[0\\]\\.csi\\.nodePublishSecretRef\\.name",
    ),
    volume(
      "volume that another driver logs in with",
      { cephfs: { monitors: [], secretRef: { name: "nats-acme-creds" } } },
      "volumes\\[0\\]\\.cephfs\\.secretRef\\.name",
    ),
    pod(
      "the other's Secret in a variable",
      (spec) => {
        spec.containers[0].env = [
          { name: "SEED", valueFrom: { secretKeyRef: { name: "nats-acme-keys", key: "signing.seed" } } },
        ];
      },
      shared("containers\\[0\\]\\.env\\[0\\]\\.valueFrom\\.secretKeyRef\\.name", "nats-acme-keys"),
    ),
    pod(
      "the other's Secret as variables of an init container",
      (spec) => {
        const [container] = spec.containers;
        spec.initContainers = [{ ...container, name: "first", envFrom: [{ secretRef: { name: "nats-acme-keys" } }] }];
      },
      shared("initContainers\\[0\\]\\.envFrom\\[0\\]\\.secretRef\\.name", "nats-acme-keys"),
    ),
    {
      what: "a patch that gives pods the other's Secret",
      resource: "globex-worker",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:DeploymentPatch";
        const volumes = [{ name: "x", secret: { secretName: "nats-acme-creds" } }];
        resource.props.spec.template.spec = { volumes };
      },
      says: shared("volumes\\[0\\]\\.secret\\.secretName", "nats-acme-creds"),
    },
    {
      what: "a Secret of another stack that both have",
      resource: "globex",
      change: ({ props }) => {
        props.spec.template.spec.volumes.push({ name: "x", secret: { secretName: "nats-acme-config" } });
      },
      says: /volumes\[3\]\.secret\.secretName is "nats-acme-config"; must be one of tenant "globex" alone/,
    },
    content("the other's creds", acme.creds, "seed"),
    content("the other's creds in the midst of a text", `x ${acme.creds} y`, "user"),
    content("another user of the other's account", secondCreds, "account"),
    content("the other's account", acme.jwt, "account"),
    content("the other's account's key", `account: ${acme.own.publicKey}`, "account"),
    content("the other's signing key's seed", acme.signing.seed, "seed"),
    content(
      "the other's account as the system account",
      `system_account: ${acme.own.publicKey}\nresolver_preload: { ${acme.own.publicKey}: ${acme.jwt} }`,
      "account",
    ),
    {
      what: "the other's creds that are not encoded",
      resource: "globex-creds",
      change: ({ props }) => {
        props.data = {};
        props.stringData = { "nats.creds": acme.creds };
      },
      says: /stringData\["nats\.creds"\] is a text with a seed of NATS/,
    },
    {
      what: "the other's creds in a ConfigMap",
      resource: "globex-creds",
      change: (resource) => {
        resource.type = "kubernetes:core/v1:ConfigMap";
        resource.props.kind = "ConfigMap";
        resource.props.data = { "nats.creds": acme.creds };
      },
      says: /ConfigMap "vrsky-tenants\/nats-globex-creds": data\["nats\.creds"\] is a text with a seed of NATS/,
      others: ["no-plain-credentials"],
    },
  ],
  allowed: [
    pod(
      "Secrets by which images are pulled",
      (spec) => {
        spec.imagePullSecrets = [{ name: "nats-acme-creds" }];
      },
      /^/,
    ),
    {
      what: "a text that looks like a JWT",
      resource: "globex-creds",
      change: ({ props }) => {
        const claims = [{ nats: { type: "account", signing_keys: 7 } }, { nats: { type: "user" } }, { nats: null }];
        const payloads = claims.map((one) => Buffer.from(JSON.stringify(one)).toString("base64url"));
        const texts = ["eyJhIjo", ...payloads].map((payload) => `eyJhIjo.${payload}.c2ln`);
        props.data["nats.creds"] = base64(texts.join("\n"));
      },
    },
  ],
  undecided: [
    pod(
      "a Secret whose name is not known yet",
      (spec) => {
        spec.volumes = [{ name: "x", secret: { secretName: unknownText } }];
      },
      /volumes\.0\.secret\.secretName/,
    ),
    {
      what: "creds that are not known yet",
      resource: "globex-creds",
      change: ({ props }) => {
        props.data["nats.creds"] = unknownText;
      },
      says: /nats\.creds/,
    },
  ],
};
