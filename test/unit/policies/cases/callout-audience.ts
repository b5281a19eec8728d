import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { wiredPod } from "../support/stacks";

const container = ({ props }: Mutable) => props.spec.template.spec.containers[0];
const set = (value: string) => ({
  resource: "callout",
  change: (callout: Mutable) => {
    container(callout).env[0].value = value;
  },
});

const { containers, ...pod } = wiredPod();
const [main] = containers;

export const cases: PolicyCases = {
  policy: "callout-audience",
  compliant: [
    {
      type: "kubernetes:apps/v1:Deployment",
      name: "callout",
      props: {
        kind: "Deployment",
        metadata: { name: "auth-callout", namespace: "nats" },
        spec: {
          template: {
            metadata: { labels: { "app.kubernetes.io/name": "auth-callout" } },
            spec: {
              ...pod,
              containers: [
                { ...main, name: "auth-callout", env: [{ name: "AUDIENCE", value: "nats" }], volumeMounts: [] },
              ],
              volumes: [],
            },
          },
        },
      },
    },
  ],
  mutations: [
    {
      what: "the API's audience",
      ...set("https://kubernetes.default.svc"),
      says: /env\[0\]\.value is "https:\/\/kubernetes\.default\.svc"; must say AUDIENCE=nats/,
    },
    {
      what: "an audience that is named twice, of which Kubernetes takes the last",
      resource: "callout",
      change: (callout) => {
        const value = "https://kubernetes.default.svc";
        container(callout).env = [
          { name: "AUDIENCE", value: "nats" },
          { name: "AUDIENCE", value },
        ];
      },
      says: /env\[1\]\.value is "https:\/\/kubernetes\.default\.svc"/,
    },
    { what: "two audiences", ...set("nats,api"), says: /is "nats,api"/ },
    {
      what: "no audience at all",
      resource: "callout",
      change: (callout) => {
        container(callout).env = [];
      },
      says: /env is without AUDIENCE/,
    },
    {
      what: "an audience from elsewhere",
      resource: "callout",
      change: (callout) => {
        container(callout).env = [{ name: "AUDIENCE", valueFrom: { configMapKeyRef: { name: "c", key: "audience" } } }];
      },
      says: /env\[0\]\.value is missing/,
    },
  ],
  allowed: [
    {
      what: "another program",
      resource: "callout",
      change: (callout) => {
        callout.props.spec.template.metadata.labels = { app: "web" };
        container(callout).env = [];
      },
    },
  ],
  undecided: [{ what: "an audience that is not known yet", ...set(unknownText), says: /env\.0\.value/ }],
};
