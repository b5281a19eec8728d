import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { wiredDeployment } from "../support/stacks";

const podOf = ({ props }: Mutable) => props.spec.template.spec;
const container = (web: Mutable) => podOf(web).containers[0];
const env = (web: Mutable, name: string) => container(web).env.find((entry: { name: string }) => entry.name === name);

const corrects = /^spec\.template\.spec\.containers\[0\]\.volumeMounts\[0\]\.readOnly$/;

const set = (name: string, value: unknown) => ({
  resource: "web",
  change: (web: Mutable) => {
    env(web, name).value = value;
  },
});

const mount = (change: object) => ({
  resource: "web",
  change: (web: Mutable) => {
    Object.assign(container(web).volumeMounts[0], change);
  },
});

export const cases: PolicyCases = {
  policy: "token-wiring",
  compliant: wiredDeployment(),
  mutations: [
    {
      what: "the file of the API's token",
      ...set("NATS_TOKEN_FILE", "/var/run/secrets/kubernetes.io/serviceaccount/token"),
      says: /env\[1\]\.value is "\/var\/run\/secrets\/kubernetes\.io\/serviceaccount\/token"; no volume is mounted there/,
    },
    {
      what: "a file beside the token",
      ...set("NATS_TOKEN_FILE", "/var/run/secrets/nats/other"),
      says: /volume "nats-token" projects no ServiceAccount token as other/,
    },
    {
      what: "a way out of the mount",
      ...set("NATS_TOKEN_FILE", "/var/run/secrets/nats/../kubernetes.io/serviceaccount/token"),
      says: /no volume is mounted there/,
    },
    {
      what: "a file that a field of the pod names",
      resource: "web",
      change: (web) => {
        const entry = env(web, "NATS_TOKEN_FILE");
        delete entry.value;
        entry.valueFrom = { fieldRef: { fieldPath: "metadata.annotations['file']" } };
      },
      says: /env\[1\]\.value is missing; must be a path, written out/,
    },
    {
      what: "a file in a Secret's volume",
      resource: "web",
      change: (web) => {
        podOf(web).volumes.push({ name: "files", secret: { secretName: "files" } });
        container(web).volumeMounts.push({ name: "files", mountPath: "/files", readOnly: true });
        env(web, "NATS_TOKEN_FILE").value = "/files/token";
      },
      says: /volume "files" projects no ServiceAccount token as token/,
    },
    {
      what: "a file that is named twice, of which Kubernetes takes the last",
      resource: "web",
      change: (web) => {
        const value = "/var/run/secrets/kubernetes.io/serviceaccount/token";
        container(web).env.push({ name: "NATS_TOKEN_FILE", value });
      },
      says: /no volume is mounted there/,
    },
    {
      what: "an address that is named twice, with a password at last",
      resource: "web",
      change: (web) => {
        container(web).env.push({ name: "NATS_URL", value: "nats://user:not-a-password@nats:4222" });
      },
      says: /an address with a user or password/,
    },
    {
      what: "something else at the token's path",
      resource: "web",
      change: (web) => {
        const { sources } = podOf(web).volumes[0].projected;
        sources.push({ secret: { name: "long-lived", items: [{ key: "token", path: "./token" }] } });
      },
      says: /sources\[1\]\.secret\.items\[0\]\.path is "\.\/token"; must be the only source of its path in the volume/,
    },
    {
      what: "a mount that can be written to",
      ...mount({ readOnly: false }),
      says: /readOnly is false; must be true/,
      corrects,
    },
    {
      what: "a mount that says nothing of it",
      ...mount({ readOnly: undefined }),
      says: /readOnly is missing/,
      corrects,
    },
    {
      what: "a mount of the file alone",
      ...mount({ mountPath: "/var/run/secrets/nats/token", subPath: "token" }),
      says: /subPath is "token"; must not be set/,
    },
    {
      what: "no NATS_URL",
      resource: "web",
      change: (web) => {
        container(web).env.shift();
      },
      says: /has NATS_TOKEN_FILE without NATS_URL/,
    },
    {
      what: "a password in NATS_URL",
      ...set("NATS_URL", "nats://web:hunter2@nats:4222"),
      says: /value is an address with a user or password; must be nats:/,
    },
    { what: "another scheme", ...set("NATS_URL", "http://nats:4222"), says: /is "http:\/\/nats:4222"/ },
    {
      what: "variables that are a map",
      resource: "web",
      change: (web) => {
        container(web).env = { NATS_URL: "nats://nats:4222" };
      },
      says: /env is .*; must be a list/,
      others: ["token-audience", "token-lifetime"],
    },
  ],
  allowed: [
    { what: "several servers", ...set("NATS_URL", "nats://a:4222, tls://b.example.com:4222") },
    { what: "a mount elsewhere that a NATS_TOKEN_FILE elsewhere fits", resource: "web", change: elsewhere },
    {
      what: "NATS_URL from a ConfigMap",
      resource: "web",
      change: (web) => {
        container(web).env.shift();
        container(web).envFrom = [{ configMapRef: { name: "env" } }];
      },
    },
  ],
  undecided: [
    { what: "a file that is not known yet", ...set("NATS_TOKEN_FILE", unknownText), says: /env\.1\.value/ },
    { what: "an address that is not known yet", ...set("NATS_URL", unknownText), says: /env\.0\.value/ },
  ],
};

function elsewhere(web: Mutable): void {
  container(web).volumeMounts[0].mountPath = "/custom/nats/";
  env(web, "NATS_TOKEN_FILE").value = "/custom/nats/token";
}
