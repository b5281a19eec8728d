import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";

const type = "kubernetes.io/service-account-token";
const of = (value: string) => ({
  resource: "secret",
  change: (secret: Mutable) => {
    secret.props.type = value;
  },
});

export const cases: PolicyCases = {
  policy: "no-token-secrets",
  compliant: [
    {
      type: "kubernetes:core/v1:Secret",
      name: "secret",
      props: { apiVersion: "v1", kind: "Secret", metadata: { name: "files", namespace: "shop" }, type: "Opaque" },
    },
  ],
  mutations: [
    {
      what: "a Secret that Kubernetes puts a token in",
      ...of(type),
      says: /type is "kubernetes\.io\/service-account-t/,
    },
    {
      what: "one in a list",
      resource: "secret",
      change: (secret) => {
        secret.type = "kubernetes:core/v1:SecretList";
        secret.props = { items: [{ metadata: { name: "one" } }, { metadata: { name: "two" }, type }] };
      },
      says: /^Secret "two": items\[1\]\.type is/,
    },
    {
      what: "one that a patch makes of a Secret",
      resource: "secret",
      change: (secret) => {
        secret.type = "kubernetes:core/v1:SecretPatch";
        secret.props.type = type;
      },
      says: /type is/,
    },
  ],
  allowed: [{ what: "another type", ...of("kubernetes.io/tls") }],
  undecided: [{ what: "a type that is not known yet", ...of(unknownText), says: /\.type/ }],
};
