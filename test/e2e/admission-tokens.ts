import { natsWiring } from "../../components/app/wiring";
import { changed, kinds, type Manifest, pathOf, podTemplate, type Template, workload } from "./admission-objects";
import type { AdmissionNamespaces, AdmissionServer } from "./admission-server";

const wired = (): Template => structuredClone(natsWiring({ enabled: true })(podTemplate()));
const token = ({ spec }: Template) => spec.volumes[0].projected.sources[0].serviceAccountToken;
const audience = 'spec: serviceAccountToken.audience of volume nats-token; must be exactly "nats". Set audience: nats';
const apiToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

const refused: readonly { readonly change: (template: Template) => void; readonly says: string }[] = [
  { change: (template) => delete token(template).audience, says: audience },
  { change: (template) => Object.assign(token(template), { audience: "vault" }), says: audience },
  { change: (template) => Object.assign(token(template), { audience: "NATS" }), says: audience },
  {
    change: (template) => Object.assign(token(template), { expirationSeconds: 7_201 }),
    says: "spec: serviceAccountToken.expirationSeconds of volume nats-token; must be from 600 to 7200",
  },
  {
    // A token for the API where variables come from elsewhere: the label says that it is a client.
    change: (template) => {
      const [container] = template.spec.containers;
      container.env = [];
      container.envFrom = [{ configMapRef: { name: "env" } }];
      delete token(template).audience;
    },
    says: audience,
  },
  {
    change: (template) => {
      const { spec } = template;
      spec.initContainers = spec.containers;
      spec.containers = [{ ...podTemplate().spec.containers[0], name: "second" }];
      delete token(template).audience;
    },
    says: audience,
  },
  ...[apiToken, "/etc/nats/token", "/var/run/secrets/nats/other"].map((value) => ({
    change: ({ spec }: Template) => {
      spec.containers[0].env.find(({ name }: { name: string }) => name === "NATS_TOKEN_FILE").value = value;
    },
    says: "spec: NATS_TOKEN_FILE of container main; must be <mountPath>/<path> of a projected ServiceAccount token",
  })),
  ...[{ subPath: "token" }, { subPathExpr: "$(NATS_URL)" }].map((fields) => ({
    change: ({ spec }: Template) => Object.assign(spec.containers[0].volumeMounts[0], fields),
    says: "spec: NATS_TOKEN_FILE of container main",
  })),
  // Another file over the token, or beside it under a name that begins like the mount's.
  ...["/var/run/secrets/nats/token", "/var/run//secrets/nats/token", "var/run/secrets/nats/token", "/x/../var"].map(
    (mountPath) => ({
      change: ({ spec }: Template) => {
        spec.volumes.push({ name: "other", secret: { secretName: "other" } });
        spec.containers[0].volumeMounts.push({ name: "other", mountPath, subPath: "token" });
      },
      says: "spec: NATS_TOKEN_FILE of container main",
    }),
  ),
  {
    change: ({ spec }: Template) => {
      spec.containers[0].env.find(({ name }: { name: string }) => name === "NATS_TOKEN_FILE").value =
        "/var/run/secrets/natstoken";
    },
    says: "spec: NATS_TOKEN_FILE of container main",
  },
];

const taken: readonly ((template: Template) => void)[] = [
  () => {},
  (template) => Object.assign(token(template), { expirationSeconds: 600 }),
  (template) => Object.assign(token(template), { expirationSeconds: 7_200 }),
  ({ spec }) => Object.assign(spec.containers[0].volumeMounts[0], { mountPath: "/var/run/secrets/nats/" }),
  // A token for somebody else, of another container.
  ({ spec }) => {
    const serviceAccountToken = { audience: "vault", path: "token", expirationSeconds: 86_400 };
    spec.volumes.push({ name: "vault", projected: { sources: [{ serviceAccountToken }] } });
  },
  // Creds, and a token for the API that nobody has switched off.
  (template) => {
    Object.assign(template, { spec: { ...podTemplate().spec, automountServiceAccountToken: true } });
    template.spec.containers[0].env = [{ name: "NATS_URL", value: "nats://nats" }];
  },
];

/** What NATS clients log in with. */
export function tokenTests(server: () => AdmissionServer, { tenants, apps, others }: AdmissionNamespaces): void {
  for (const kind of kinds) {
    it(`takes a ${kind} that is wired, and no mutation of its token`, async () => {
      for (const change of taken) await server().takes(workload(kind, apps, changed(wired(), { change })));
      for (const { change, says } of refused) {
        const object = workload(kind, apps, changed(wired(), { change }));
        await server().refuses(object, `${pathOf(kind)}${says}`);
        await server().refuses({ ...object, metadata: { ...object.metadata, namespace: tenants } }, says);
        await server().takes({ ...object, metadata: { ...object.metadata, namespace: others } });
      }
    });
  }

  it("takes no change of a wired Deployment's token", async () => {
    const deployment = workload("Deployment", apps, wired());
    deployment.metadata.name = "wired";
    await server().create(deployment);
    const volume = (audience: string) => ({
      name: "nats-token",
      projected: { sources: [{ serviceAccountToken: { audience, path: "token" } }] },
    });
    const patch = { spec: { template: { spec: { volumes: [volume("vault")] } } } };
    await server().refusesPatch(deployment, patch, audience);
    await server().remove(deployment);
  });

  it("takes a large pod: what it costs to look at it stays within what the API server spends", async () => {
    const template = wired();
    const { spec } = template;
    const [container] = spec.containers;
    const more = (length: number) => Array.from({ length }, (_, index) => index);
    spec.volumes.push(...more(40).map((index) => ({ name: `v${index}`, emptyDir: {} })));
    container.env.unshift(...more(150).map((index) => ({ name: `V${index}`, value: "x" })));
    container.volumeMounts.unshift(...more(40).map((index) => ({ name: `v${index}`, mountPath: `/v${index}` })));
    spec.containers = more(20).map((index) => ({ ...container, name: `c${index}` }));
    await server().takes(workload("Deployment", apps, template));
    delete token(template).audience;
    await server().refuses(workload("Deployment", apps, template), audience);
  });

  it("takes no Secret that is a ServiceAccount's token for ever", async () => {
    const secret = (namespace: string, type: string): Manifest => ({
      apiVersion: "v1",
      kind: "Secret",
      type,
      metadata: { name: "token", namespace, annotations: { "kubernetes.io/service-account.name": "default" } },
    });
    const type = "kubernetes.io/service-account-token";
    for (const namespace of [tenants, apps]) {
      const says = `type is ${type}; must be another type. Project the token into the pods that need it`;
      await server().refuses(secret(namespace, type), says);
      await server().refuses(secret(namespace, type), says, server().author);
      await server().takes(secret(namespace, "Opaque"));
    }
    await server().takes(secret(others, type));
  });
}
