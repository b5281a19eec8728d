import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import type { V1Pod } from "@kubernetes/client-node";
import { isLeftover, startProblem } from "../../../commands/in-cluster";
import {
  openEgress,
  type ProgramManifestArgs,
  programConfigMap,
  programPod,
} from "../../../commands/in-cluster-manifests";

const args: ProgramManifestArgs = {
  name: "verify-x1",
  namespace: "nats",
  owner: "host/1",
  code: "code",
  image: "node:24.0.0-slim",
  env: { ROLE: "inside" },
  credsSecrets: { system: "nats-system-creds" },
  client: true,
  labels: {},
  openEgress: false,
  limits: { memory: "512Mi" },
  deadlineSeconds: 75,
};

describe("programPod", () => {
  const { metadata, spec } = programPod(args);
  const [container] = spec?.containers ?? [];

  it("satisfies PodSecurity restricted, and has no Kubernetes token", () => {
    assert.equal(spec?.automountServiceAccountToken, false);
    assert.equal(spec?.securityContext?.runAsNonRoot, true);
    assert.equal(spec?.securityContext?.runAsUser, 1000);
    assert.deepEqual(spec?.securityContext?.seccompProfile, { type: "RuntimeDefault" });
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("ends by itself, once and in time", () => {
    assert.equal(spec?.restartPolicy, "Never");
    assert.equal(spec?.activeDeadlineSeconds, 75);
  });

  it("mounts its code and creds read-only; a missing Secret does not keep it from starting", () => {
    assert.deepEqual(container?.volumeMounts, [
      { name: "program", mountPath: "/program", readOnly: true },
      { name: "creds-system", mountPath: "/creds/system", readOnly: true },
    ]);
    const creds = spec?.volumes?.find(({ name }) => name === "creds-system");
    assert.equal(creds?.secret?.secretName, "nats-system-creds");
    assert.equal(creds?.secret?.optional, true);
    assert.deepEqual(programConfigMap(args).data, { "program.cjs": "code" });
    assert.deepEqual(container?.command, ["node", "/program/program.cjs"]);
  });

  it("is labelled as a client only if it is one", () => {
    assert.equal(metadata?.labels?.["nats-platform/client"], "true");
    const outsider = programPod({ ...args, client: false });
    assert.equal(outsider.metadata?.labels?.["nats-platform/client"], undefined);
  });

  it("has the labels and limits it is given", () => {
    const limits = { cpu: "1", memory: "256Mi" };
    const pod = programPod({ ...args, labels: { "tenant-id": "acme" }, limits });
    assert.equal(pod.metadata?.labels?.["tenant-id"], "acme");
    assert.equal(pod.metadata?.labels?.["nats-platform/program"], "verify-x1");
    assert.deepEqual(pod.spec?.containers[0]?.resources?.limits, limits);
    assert.deepEqual(container?.resources?.limits, { memory: "512Mi" });
  });

  it("mounts an authority, and keeps to or off a node, when asked to", () => {
    const placed = programPod({ ...args, caSecret: "ca", nodeName: "node-1", antiAffinityNode: "node-2" });
    assert.deepEqual(placed.spec?.containers[0]?.volumeMounts?.at(-1), {
      name: "ca",
      mountPath: "/ca",
      readOnly: true,
    });
    const terms =
      placed.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    assert.deepEqual(terms?.[0]?.matchExpressions, [
      { key: "kubernetes.io/hostname", operator: "In", values: ["node-1"] },
      { key: "kubernetes.io/hostname", operator: "NotIn", values: ["node-2"] },
    ]);
    assert.equal(spec?.affinity, undefined);
  });
});

describe("openEgress", () => {
  it("opens the way out for this program's pod alone", () => {
    const { spec } = openEgress(args);
    assert.deepEqual(spec, {
      podSelector: { matchLabels: { "nats-platform/program": "verify-x1" } },
      policyTypes: ["Egress"],
      egress: [{}],
    });
    assert.equal(programPod(args).metadata?.labels?.["nats-platform/program"], "verify-x1");
  });
});

describe("startProblem", () => {
  const waiting = (reason: string): V1Pod => ({
    status: { containerStatuses: [{ state: { waiting: { reason, message: "m" } } }] as never },
  });
  const unscheduled: V1Pod = {
    status: { conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes" }] },
  };

  it("waits for a pod that may still start", () => {
    assert.equal(startProblem(waiting("ContainerCreating"), 60_000), undefined);
    assert.equal(startProblem(unscheduled, 5_000), undefined);
    assert.equal(startProblem({}, 0), undefined);
  });

  it("gives up what cannot start, and what takes too long", () => {
    assert.match(startProblem(waiting("ImagePullBackOff"), 0) ?? "", /cannot start: ImagePullBackOff: m/);
    assert.match(startProblem(unscheduled, 21_000) ?? "", /finds no node: 0\/3 nodes/);
    assert.match(
      startProblem(waiting("ContainerCreating"), 121_000) ?? "",
      /not started after 121 s: ContainerCreating/,
    );
  });
});

describe("isLeftover", () => {
  const hour = 3_600_000;

  it("keeps what a living process of this machine started, however old", () => {
    assert.equal(isLeftover(`${hostname()}/${process.pid}`, 10 * hour), false);
  });

  it("takes what a dead process of this machine started, however young", () => {
    const { pid } = spawnSync("true");
    assert.equal(isLeftover(`${hostname()}/${pid}`, 0), true);
  });

  it("knows of other machines' programs only by their age", () => {
    assert.equal(isLeftover("elsewhere/1", hour / 2), false);
    assert.equal(isLeftover("elsewhere/1", 2 * hour), true);
    assert.equal(isLeftover("", 2 * hour), true);
  });
});
