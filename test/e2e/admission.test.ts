import assert from "node:assert/strict";
import { kinds, type Manifest, pathOf, podTemplate, type Template, workload } from "./admission-objects";
import { AdmissionServer } from "./admission-server";

const tenants = "vrsky-tenants";
const apps = "acme-apps";

const container = ({ spec }: Template) => spec.containers[0];
const side = (fields: object) => ({ ...podTemplate().spec.containers[0], name: "side", ...fields });
const windows = { windowsOptions: { hostProcess: true } };

/** A change of a template, and what is said of it. */
interface Mutation {
  readonly what: string;
  readonly change: (template: Template) => void;
  readonly says: string;
}

const set = (what: string, change: Mutation["change"], says: string): Mutation => ({ what, change, says });

const hostMutations: readonly Mutation[] = [
  ...["hostNetwork", "hostPID", "hostIPC"].map((flag) =>
    set(
      flag,
      ({ spec }) => Object.assign(spec, { [flag]: true }),
      `spec.${flag} is used; must be false. Leave it out.`,
    ),
  ),
  set(
    "a process of a Windows node",
    ({ spec }) => Object.assign(spec, { hostNetwork: true, securityContext: windows }),
    "spec.hostNetwork is used",
  ),
  set(
    "a folder of the node",
    ({ spec }) => Object.assign(spec, { volumes: [{ name: "root", hostPath: { path: "/" } }] }),
    "spec: hostPath of volume root is used; must not be set. Use an emptyDir",
  ),
  set(
    "a privileged container",
    (template) => Object.assign(container(template), { securityContext: { privileged: true } }),
    "spec: securityContext.privileged of container main is used; must be false",
  ),
  set(
    "a privileged init container",
    ({ spec }) => Object.assign(spec, { initContainers: [side({ securityContext: { privileged: true } })] }),
    "spec: securityContext.privileged of container side is used",
  ),
  set(
    "a port of the node",
    (template) =>
      Object.assign(container(template), { ports: [{ containerPort: 1 }, { containerPort: 2, hostPort: 2 }] }),
    "spec: ports[].hostPort of container main is used; must not be set. Leave it out: pods are reached by their Service.",
  ),
  set(
    "a port of the node, of an init container",
    ({ spec }) => Object.assign(spec, { initContainers: [side({ ports: [{ containerPort: 2, hostPort: 2 }] })] }),
    "spec: ports[].hostPort of container side is used",
  ),
];

describe("policies at admission, on a real API server", function () {
  this.timeout(120_000);
  let server: AdmissionServer;

  before(async () => {
    server = await AdmissionServer.start({});
    // Made by hand: PodSecurity, which would refuse some of it before, is not asked for.
    await server.createNamespace(apps, { "nats-platform/tenant": "acme" });
    await server.createNamespace("shop");
  });
  after(() => server?.stop());

  const accepts = async (object: Manifest) => assert.equal(await server.refusal(object), undefined);
  const refuses = async (object: Manifest, says: string) => {
    const refusal = await server.refusal(object);
    assert.ok(refusal?.includes(says), `${object.kind}: expected "${says}", got ${refusal}`);
    assert.match(refusal ?? "", /ValidatingAdmissionPolicy 'nats-platform-vrsky-tenants-/);
  };
  const changed = (template: Template, { change }: Pick<Mutation, "change">): Template => {
    const copy = structuredClone(template);
    change(copy);
    return copy;
  };

  it("has expressions of which Kubernetes' own check finds nothing", async () => {
    assert.deepEqual(await server.typeWarnings(), []);
  });

  for (const kind of kinds) {
    it(`takes a ${kind} that has nothing of its node, and no mutation of it`, async () => {
      const template = podTemplate();
      await accepts(workload(kind, apps, template));
      for (const mutation of hostMutations) {
        const object = workload(kind, apps, changed(template, mutation));
        await refuses(object, `${pathOf(kind)}${mutation.says}`);
        await accepts({ ...object, metadata: { ...object.metadata, namespace: "shop" } });
      }
      if (kind === "Pod") return; // PodSecurity refuses them before, there.
      for (const mutation of hostMutations) {
        await refuses(workload(kind, tenants, changed(template, mutation)), `${pathOf(kind)}${mutation.says}`);
      }
    });
  }
});
