import type { Mutable, PolicyCases } from "../support/cases";
import { unknownFlag } from "../support/pack";
import { wiredDeployment } from "../support/stacks";

const podOf = ({ props }: Mutable) => props.spec.template.spec;
const says = /automountServiceAccountToken is missing; must be false, here or in the pod's ServiceAccount/;
const corrects = /^spec\.template\.spec\.automountServiceAccountToken$/;

export const cases: PolicyCases = {
  policy: "token-automount",
  compliant: wiredDeployment(),
  config: { "token-automount": { needApi: ["shop/controller"] } },
  mutations: [
    {
      what: "a ServiceAccount that says nothing of it",
      resource: "account",
      change: ({ props }) => delete props.automountServiceAccountToken,
      says,
      corrects,
    },
    {
      what: "a pod that asks for the token, whatever its ServiceAccount says",
      resource: "web",
      change: (web) => {
        podOf(web).automountServiceAccountToken = true;
      },
      says: /automountServiceAccountToken is true; must be false/,
    },
    {
      what: "a pod without a ServiceAccount of its own",
      resource: "web",
      change: (web) => delete podOf(web).serviceAccountName,
      says,
      corrects,
    },
    {
      what: "a ServiceAccount of another namespace",
      resource: "account",
      change: ({ props }) => {
        props.metadata.namespace = "other";
      },
      says,
      corrects,
    },
  ],
  allowed: [
    {
      what: "a pod that switches it off itself",
      resource: "web",
      change: (web) => {
        podOf(web).automountServiceAccountToken = false;
        delete podOf(web).serviceAccountName;
      },
    },
    {
      what: "a ServiceAccount that is said to need the API",
      resource: "web",
      change: (web) => {
        podOf(web).automountServiceAccountToken = true;
        podOf(web).serviceAccountName = "controller";
      },
    },
    {
      what: "pods that are no NATS clients",
      resource: "web",
      change: (web) => {
        delete podOf(web).containers[0].env;
        delete podOf(web).volumes;
        delete podOf(web).containers[0].volumeMounts;
        delete podOf(web).serviceAccountName;
        web.props.spec.template.metadata.labels = { app: "web" };
      },
    },
  ],
  undecided: [
    {
      what: "a pod of which it is not known yet",
      resource: "web",
      change: (web) => {
        podOf(web).automountServiceAccountToken = unknownFlag;
      },
      says: /automountServiceAccountToken/,
    },
  ],
};
