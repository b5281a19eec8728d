import assert from "node:assert/strict";
import { changed, kinds, type Mutation, pathOf, podTemplate, type Template, workload } from "./admission-objects";
import type { AdmissionNamespaces, AdmissionServer } from "./admission-server";

const container = ({ spec }: Template) => spec.containers[0];
const side = (fields: object) => ({ ...podTemplate().spec.containers[0], name: "side", ...fields });
const privileged = { securityContext: { privileged: true } };

const mutations: readonly Mutation[] = [
  ...["hostNetwork", "hostPID", "hostIPC"].map((flag) => ({
    what: flag,
    change: ({ spec }: Template) => Object.assign(spec, { [flag]: true }),
    says: `spec.${flag} is used; must be false. Leave it out.`,
  })),
  {
    what: "a folder of the node",
    change: ({ spec }) => Object.assign(spec, { volumes: [{ name: "root", hostPath: { path: "/" } }] }),
    says: "spec: hostPath of volume root is used; must not be set. Use an emptyDir",
  },
  {
    what: "a privileged container",
    change: (template) => Object.assign(container(template), privileged),
    says: "spec: securityContext.privileged of container main is used; must be false. Leave it out.",
  },
  {
    what: "a privileged init container",
    change: ({ spec }) => Object.assign(spec, { initContainers: [side(privileged)] }),
    says: "spec: securityContext.privileged of container side is used",
  },
  {
    what: "a port of the node",
    change: (template) => {
      container(template).ports = [{ containerPort: 1 }, { containerPort: 2, hostPort: 2 }];
    },
    says: "spec: ports[].hostPort of container main is used; must not be set. Leave it out: pods are reached",
  },
  {
    what: "a port of the node, of an init container",
    change: ({ spec }) =>
      Object.assign(spec, { initContainers: [side({ ports: [{ containerPort: 2, hostPort: 2 }] })] }),
    says: "spec: ports[].hostPort of container side is used",
  },
];

/** What pods may have of their node. */
export function hostTests(server: () => AdmissionServer, { tenants, apps, others }: AdmissionNamespaces): void {
  for (const kind of kinds) {
    it(`takes a ${kind} that has nothing of its node, and no mutation of it`, async () => {
      const template = podTemplate();
      await server().takes(workload(kind, apps, template));
      for (const mutation of mutations) {
        const says = `${pathOf(kind)}${mutation.says}`;
        await server().refuses(workload(kind, apps, changed(template, mutation)), says);
        await server().takes(workload(kind, others, changed(template, mutation)));
        // PodSecurity refuses pods before, there; of templates it only warns.
        if (kind !== "Pod") await server().refuses(workload(kind, tenants, changed(template, mutation)), says);
      }
    });
  }

  it("takes a container for debugging, but no privileged one", async () => {
    const pod = workload("Pod", apps, podTemplate());
    await server().create(pod);
    const debug = (fields: object) => ({
      spec: { ephemeralContainers: [{ name: "debug", image: "debug:1", ...fields }] },
    });
    assert.equal(await server().patchRefusal(pod, debug({}), "/ephemeralcontainers"), undefined);
    const says = "spec: securityContext.privileged of container debug is used";
    await server().refusesPatch(pod, debug(privileged), says, "/ephemeralcontainers");
    await server().remove(pod);
  });

  it("lets be what was there before, but takes no change of it that is not right", async () => {
    const labels = { metadata: { labels: { "nats-platform/tenant": "acme" } } };
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "former" } };
    await server().createNamespace("former");
    const pod = workload("Pod", "former", changed(podTemplate(), mutations[0] as Mutation));
    pod.metadata.finalizers = ["example.com/keep"];
    const deployment = workload("Deployment", "former", changed(podTemplate(), mutations[0] as Mutation));
    for (const object of [pod, deployment]) await server().create(object);
    await server().patch(namespace, labels);
    await server().untilRefused({ ...pod, metadata: { ...pod.metadata, name: "another" } });
    await server().patch(deployment, { spec: { replicas: 3 } });
    const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: "main", image: name }] } } } });
    await server().refusesPatch(deployment, image("orders:2"), "spec.template.spec.hostNetwork is used");
    await server().patch(deployment, { spec: { template: { spec: { hostNetwork: null } } } });
    await server().patch(deployment, image("orders:2"));
    await server().remove(pod);
    await server().patch(pod, { metadata: { finalizers: null } });
    await server().untilGone(pod);
  });
}
