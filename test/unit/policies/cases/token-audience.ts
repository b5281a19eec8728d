import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { wiredDeployment, wiredPod } from "../support/stacks";

const token = ({ props }: Mutable) => props.spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken;
const corrects = /serviceAccountToken\.audience$/;
const missing = /audience is missing; must be exactly "nats"/;

/** The pod in another kind of object. */
function as(kind: string, type: string, spec: (template: object) => object) {
  return {
    what: `a token for the API in a ${kind}`,
    resource: "web",
    change: (resource: Mutable) => {
      const { metadata } = resource.props;
      const pod = { ...wiredPod(), automountServiceAccountToken: false };
      delete (pod.volumes[0]?.projected.sources[0]?.serviceAccountToken as { audience?: string }).audience;
      const template = { metadata: resource.props.spec.template.metadata, spec: pod };
      resource.type = type;
      resource.props = { kind, metadata: { ...metadata, labels: template.metadata.labels }, ...spec(template) };
    },
    says: missing,
    corrects,
  };
}

export const cases: PolicyCases = {
  policy: "token-audience",
  compliant: wiredDeployment(),
  mutations: [
    { what: "no audience", resource: "web", change: (web) => delete token(web).audience, says: missing, corrects },
    {
      what: "an empty audience",
      resource: "web",
      change: (web) => {
        token(web).audience = "";
      },
      says: /audience is ""; must be exactly "nats"/,
      corrects,
    },
    {
      what: "another audience",
      resource: "web",
      change: (web) => {
        token(web).audience = "vault";
      },
      says: /spec\.template\.spec\.volumes\[0\]\.projected\.sources\[0\]\.serviceAccountToken\.audience is "vault"/,
    },
    {
      what: "the token of a client beside one that names its own",
      resource: "web",
      change: (web) => {
        const spec = web.props.spec.template.spec;
        const source = { serviceAccountToken: { path: "token", expirationSeconds: 3600 } };
        spec.volumes.push({ name: "other", projected: { sources: [source] } });
        spec.containers.push({
          name: "second",
          image: "web:1",
          resources: spec.containers[0].resources,
          securityContext: spec.containers[0].securityContext,
          env: [{ name: "NATS_URL", value: "nats://nats.nats.svc.cluster.local:4222" }],
          envFrom: [{ configMapRef: { name: "settings" } }],
          volumeMounts: [{ name: "other", mountPath: "/token", readOnly: true }],
        });
      },
      says: /volumes\[1\]\.projected\.sources\[0\]\.serviceAccountToken\.audience is missing/,
    },
    {
      what: "an audience in another case",
      resource: "web",
      change: (web) => {
        token(web).audience = "NATS";
      },
      says: /is "NATS"/,
      corrects,
    },
    {
      what: "an audience that is a list",
      resource: "web",
      change: (web) => {
        token(web).audience = ["nats"];
      },
      says: /audience is \["nats"\]; must be text/,
    },
    {
      what: "no audience where variables come from elsewhere",
      resource: "web",
      change: (web) => {
        const [container] = web.props.spec.template.spec.containers;
        delete container.env;
        container.envFrom = [{ configMapRef: { name: "env" } }];
        delete token(web).audience;
      },
      says: missing,
      corrects,
    },
    {
      what: "no audience of a token that an init container uses",
      resource: "web",
      change: (web) => {
        const { spec } = web.props.spec.template;
        spec.initContainers = spec.containers;
        const { image, securityContext } = spec.containers[0];
        spec.containers = [{ name: "main", image, securityContext }];
        delete token(web).audience;
      },
      says: missing,
      corrects,
    },
    {
      what: "the file of another's token beside the one for NATS",
      resource: "web",
      change: (web) => {
        const { spec } = web.props.spec.template;
        const vault = { serviceAccountToken: { audience: "vault", path: "token" } };
        spec.volumes.push({ name: "vault", projected: { sources: [vault] } });
        spec.containers[0].volumeMounts.push({ name: "vault", mountPath: "/vault", readOnly: true });
        spec.containers[0].env[1].value = "/vault/token";
      },
      says: /spec\.volumes\[1\]\.projected\.sources\[0\]\.serviceAccountToken\.audience is "vault"/,
    },
    {
      what: "two tokens without an audience, where variables come from elsewhere",
      resource: "web",
      change: (web) => {
        const { spec } = web.props.spec.template;
        const [container] = spec.containers;
        delete container.env;
        container.envFrom = [{ configMapRef: { name: "env" } }];
        delete token(web).audience;
        spec.volumes.push({ name: "vault", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } });
      },
      says: missing,
    },
    as("Pod", "kubernetes:core/v1:Pod", ({ spec }: { spec?: object }) => ({ spec })),
    as("StatefulSet", "kubernetes:apps/v1:StatefulSet", (template) => ({ spec: { template } })),
    as("DaemonSet", "kubernetes:apps/v1:DaemonSet", (template) => ({ spec: { template } })),
    as("ReplicaSet", "kubernetes:apps/v1:ReplicaSet", (template) => ({ spec: { template } })),
    as("Job", "kubernetes:batch/v1:Job", (template) => ({ spec: { template } })),
    as("CronJob", "kubernetes:batch/v1:CronJob", (template) => ({ spec: { jobTemplate: { spec: { template } } } })),
    as("CronJob", "kubernetes:batch/v1beta1:CronJob", (template) => ({
      spec: { jobTemplate: { spec: { template } } },
    })),
    as("Deployment", "kubernetes:extensions/v1beta1:Deployment", (template) => ({ spec: { template } })),
    as("Deployment", "kubernetes:apps/v1:DeploymentPatch", (template) => ({ spec: { template } })),
    as("Deployment", "kubernetes:apps/v1:DeploymentList", (template) => ({
      items: [{ metadata: { name: "web", namespace: "shop" }, spec: { template } }],
    })),
  ],
  allowed: [
    {
      what: "a second token, for somebody else",
      resource: "web",
      change: (web) => {
        const { spec } = web.props.spec.template;
        const other = { serviceAccountToken: { audience: "vault", path: "token" } };
        spec.volumes.push({ name: "vault", projected: { sources: [other] } });
      },
    },
    {
      what: "a token of pods that are no NATS clients",
      resource: "web",
      change: (web) => {
        const { template } = web.props.spec;
        template.metadata.labels = { app: "web" };
        delete template.spec.containers[0].env;
        delete token(web).audience;
      },
    },
  ],
  undecided: [
    {
      what: "an audience that is not known yet",
      resource: "web",
      change: (web) => {
        token(web).audience = unknownText;
      },
      says: /serviceAccountToken\.audience/,
    },
    {
      what: "volumes that are not known yet",
      resource: "web",
      change: (web) => {
        web.props.spec.template.spec.volumes = unknownText;
      },
      says: /spec\.volumes/,
    },
  ],
};
