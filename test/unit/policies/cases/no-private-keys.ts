import type { PolicyCases } from "../support/cases";
import { base64, identityStack, seeds, setData } from "../support/identity";
import { unknownText } from "../support/pack";

export const cases: PolicyCases = {
  policy: "no-private-keys",
  compliant: identityStack(),
  mutations: [
    {
      what: "an operator's seed",
      resource: "creds",
      change: (secret) => setData(secret, "operator.nk", seeds.operator),
      says: /data\["operator\.nk"\] is a text with the seed of an operator; must hold no seed of an operator/,
    },
    {
      what: "an account's seed, within a text",
      resource: "creds",
      change: (secret) => setData(secret, "keys.json", JSON.stringify({ account: seeds.account })),
      says: /data\["keys\.json"\] is a text with the seed of an account/,
    },
    {
      what: "one in stringData",
      resource: "creds",
      change: ({ props }) => {
        props.stringData = { seed: seeds.account };
      },
      says: /stringData\.seed is a text with the seed of an account/,
    },
    {
      what: "one in base64 once more",
      resource: "creds",
      change: (secret) => setData(secret, "seed", base64(`${seeds.account}\n`)),
      says: /data\.seed is a text with the seed of an account/,
    },
    {
      what: "one in a Secret whose name only begins like a declared one",
      resource: "signer",
      change: ({ props }) => {
        props.metadata.name = "nats-app-signe";
      },
      says: /Secret "nats-callout\/nats-app-signe"/,
    },
    {
      what: "a declared name in another namespace",
      resource: "signer",
      change: ({ props }) => {
        props.metadata.namespace = "shop";
      },
      says: /Secret "shop\/nats-app-signer-shop"/,
    },
    {
      what: "an operator's seed in a Secret that may hold an account's",
      resource: "signer",
      change: (secret) => setData(secret, "signing.seed", seeds.operator),
      says: /the seed of an operator/,
    },
    {
      what: "one in a patched Secret",
      resource: "creds",
      change: (secret) => {
        secret.type = "kubernetes:core/v1:SecretPatch";
        setData(secret, "seed", seeds.account);
      },
      says: /the seed of an account/,
    },
  ],
  allowed: [
    {
      what: "a user's seed by itself",
      resource: "creds",
      change: (secret) => setData(secret, "user.nk", seeds.user),
    },
    {
      what: "data that is empty",
      resource: "creds",
      change: ({ props }) => {
        props.data = null;
      },
    },
  ],
  undecided: [
    {
      what: "data that is not known yet",
      resource: "signer",
      change: ({ props }) => {
        props.data["signing.seed"] = unknownText;
      },
      says: /signing\.seed/,
    },
    {
      what: "the name of a Secret with a key that is not known yet",
      resource: "signer",
      change: ({ props }) => {
        props.metadata.namespace = unknownText;
      },
      says: /metadata\.namespace/,
    },
  ],
};
