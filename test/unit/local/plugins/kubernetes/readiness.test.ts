import assert from "node:assert/strict";
import { problemsOfPod, progressOf } from "../../../../../local/plugins/kubernetes/await/pods";
import {
  claimReadiness,
  countEndpoints,
  daemonSetReadiness,
  deploymentReadiness,
  jobReadiness,
  podReadiness,
  type Readiness,
  serviceReadiness,
  statefulSetReadiness,
} from "../../../../../local/plugins/kubernetes/await/readiness";
import type { ValueMap } from "../../../../../local/plugins/rpc/values";

const condition = (type: string, status: string, reason = "", message = ""): ValueMap => ({
  type,
  status,
  reason,
  message,
});

/** Starts from a ready object and breaks one thing at a time. */
function breaksReadiness(judge: Readiness, ready: ValueMap, breaks: Record<string, ValueMap>): void {
  it("is ready", () => assert.equal(judge(ready).ready, true));
  for (const [what, status] of Object.entries(breaks)) {
    it(`is not ready: ${what}`, () => {
      const broken = { ...ready, status: { ...(ready.status as ValueMap), ...status } };
      assert.equal(judge(broken).ready, false);
    });
  }
}

describe("plugins: readiness", () => {
  describe("of a Deployment", () => {
    const conditions = [condition("Available", "True"), condition("Progressing", "True", "NewReplicaSetAvailable")];
    const status = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, conditions };
    const ready = { metadata: { generation: 2 }, spec: { replicas: 3 }, status };
    breaksReadiness(deploymentReadiness, ready, {
      "the controller has not seen the newest generation": { observedGeneration: 1 },
      "an old Pod is still there": { replicas: 4 },
      "a Pod is of the old template": { updatedReplicas: 2 },
      "a Pod is not ready": { readyReplicas: 2 },
      "it is not available": {
        conditions: [condition("Available", "False", "MinimumReplicasUnavailable"), conditions[1] ?? {}],
      },
      "the new ReplicaSet is not complete": {
        conditions: [conditions[0] ?? {}, condition("Progressing", "True", "ReplicaSetUpdated")],
      },
    });
    it("tells what its conditions complain about", () => {
      const failing = {
        conditions: [
          condition("ReplicaFailure", "True", "FailedCreate", 'pods "a-" is forbidden: violates PodSecurity'),
        ],
      };
      const { problems } = deploymentReadiness({ ...ready, status: { ...status, readyReplicas: 1, ...failing } });
      assert.deepEqual(problems, [
        "1 out of 3 replicas succeeded readiness checks",
        '[FailedCreate] pods "a-" is forbidden: violates PodSecurity',
      ]);
    });
  });

  describe("of a StatefulSet", () => {
    const status = {
      observedGeneration: 2,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      currentRevision: "a",
      updateRevision: "a",
    };
    const ready = { metadata: { generation: 2 }, spec: { replicas: 3 }, status };
    breaksReadiness(statefulSetReadiness, ready, {
      "the controller has not seen the newest generation": { observedGeneration: 1 },
      "it has no status yet": {
        observedGeneration: 0,
        replicas: 0,
        readyReplicas: 0,
        currentReplicas: 0,
        currentRevision: "",
        updateRevision: "",
      },
      "a Pod is missing": { replicas: 2 },
      "a Pod is not ready": { readyReplicas: 2 },
      "a rollout is under way": { updateRevision: "b", currentReplicas: 1, updatedReplicas: 2 },
      "the rollout is done but the revision has not moved on": { updateRevision: "b" },
    });
    it("does not wait for Pods a person has to delete", () => {
      const byHand = {
        ...ready,
        spec: { replicas: 3, updateStrategy: { type: "OnDelete" } },
        status: { ...status, updateRevision: "b", currentReplicas: 0 },
      };
      assert.equal(statefulSetReadiness(byHand).ready, true);
    });
    it("counts only updated Pods during a rollout", () => {
      const rolling = { ...ready, status: { ...status, updateRevision: "b", updatedReplicas: 1 } };
      assert.match(statefulSetReadiness(rolling).progress, /\(1\/3 Pods ready\)/);
    });
  });

  describe("of a DaemonSet", () => {
    const status = {
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      numberReady: 3,
    };
    breaksReadiness(
      daemonSetReadiness,
      { metadata: { generation: 1 }, status },
      {
        "the controller has not seen it": { observedGeneration: 0 },
        "a node has the old Pod": { updatedNumberScheduled: 2 },
        "a Pod is not available": { numberAvailable: 2 },
      },
    );
  });

  it("of a Job: complete, under way, or failed for good", () => {
    const job = (...conditions: ValueMap[]): ReturnType<Readiness> =>
      jobReadiness({ status: { active: 1, failed: 2, conditions } });
    assert.equal(job(condition("Complete", "True")).ready, true);
    assert.equal(job(condition("SuccessCriteriaMet", "True")).ready, false);
    assert.match(job().progress, /Active: 1 \| Succeeded: 0 \| Failed: 2/);
    assert.equal(
      job(condition("Failed", "True", "BackoffLimitExceeded", "too many")).failure,
      "[BackoffLimitExceeded] too many",
    );
  });

  it("of a Pod: ready or succeeded; a failed one never will be", () => {
    assert.equal(podReadiness({ status: { phase: "Running", conditions: [condition("Ready", "True")] } }).ready, true);
    assert.equal(
      podReadiness({ status: { phase: "Running", conditions: [condition("Ready", "False")] } }).ready,
      false,
    );
    assert.equal(podReadiness({ status: { phase: "Succeeded" } }).ready, true);
    assert.match(podReadiness({ status: { phase: "Failed", reason: "Evicted" } }).failure ?? "", /Evicted/);
  });

  it("of a claim: bound, or pending where binding waits for a Pod", () => {
    const claim = (phase: string): ValueMap => ({ status: { phase } });
    assert.equal(claimReadiness(claim("Bound"), "Immediate").ready, true);
    assert.equal(claimReadiness(claim("Pending"), "Immediate").ready, false);
    assert.equal(claimReadiness(claim("Pending"), "WaitForFirstConsumer").ready, true);
    assert.equal(claimReadiness(claim("Lost"), "WaitForFirstConsumer").ready, false);
  });

  describe("of a Service", () => {
    const service = (spec: ValueMap, status: ValueMap = {}): ValueMap => ({
      spec: { selector: { app: "a" }, ...spec },
      status,
    });
    const judge = (spec: ValueMap, ready: number, pending: number, settled = false, status: ValueMap = {}): boolean =>
      serviceReadiness(service(spec, status), { ready, pending }, settled).ready;
    it("needs every Pod it selects ready", () => {
      assert.equal(judge({}, 3, 0), true);
      assert.equal(judge({}, 2, 1, true), false);
    });
    it("waits a while for a first Pod", () => {
      assert.equal(judge({}, 0, 0), false);
      assert.equal(judge({}, 0, 0, true), true);
    });
    it("waits for no Pod when it is headless, an alias or has no selector", () => {
      for (const spec of [{ clusterIP: "None" }, { type: "ExternalName" }, { selector: {} }] as ValueMap[])
        assert.equal(judge(spec, 0, 1), true);
    });
    it("needs an address when it is a LoadBalancer", () => {
      assert.equal(judge({ type: "LoadBalancer" }, 1, 0), false);
      assert.equal(
        judge({ type: "LoadBalancer" }, 1, 0, false, { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } }),
        true,
      );
    });
    it("counts endpoints over all slices, without those that are going", () => {
      const endpoint = (ready: boolean, terminating = false): ValueMap => ({ conditions: { ready, terminating } });
      const slices = [{ endpoints: [endpoint(true), endpoint(false)] }, { endpoints: [endpoint(false, true), {}] }];
      assert.deepEqual(countEndpoints(slices), { ready: 2, pending: 1 });
    });
  });
});

describe("plugins: what is wrong with a Pod", () => {
  const pod = (...containerStatuses: ValueMap[]): ValueMap => ({ status: { containerStatuses } });
  const texts = (object: ValueMap): string[] => problemsOfPod(object).map(({ text }) => text);

  it("is not scheduled", () => {
    const conditions = [
      condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."),
    ];
    assert.deepEqual(texts({ status: { conditions } }), [
      "[Unschedulable] 0/3 nodes are available: 3 Insufficient cpu.",
    ]);
  });
  it("cannot pull its image", () => {
    const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "x:1"' };
    assert.deepEqual(texts(pod({ name: "c", ready: false, state: { waiting } })), [
      'container "c": [ImagePullBackOff] Back-off pulling image "x:1"',
    ]);
  });
  it("crashes, and its log may tell why", () => {
    const status = {
      name: "c",
      ready: false,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 3, reason: "Error" } },
    };
    const [loop, exit] = problemsOfPod(pod(status));
    assert.equal(loop?.text, 'container "c": [CrashLoopBackOff]');
    assert.deepEqual(exit, { text: 'container "c" terminated with exit code 3 (Error)', crashed: "c" });
  });
  it("has an init container that fails", () => {
    const terminated = { exitCode: 1, reason: "Error" };
    assert.equal(
      texts({ status: { initContainerStatuses: [{ name: "i", ready: false, state: { terminated } }] } }).length,
      1,
    );
  });
  it("has come so far", () => {
    const waiting = { name: "c", ready: false, state: { waiting: { reason: "ContainerCreating" } } };
    assert.equal(
      progressOf({ status: { phase: "Pending", containerStatuses: [waiting] } }),
      'Pending, container "c" ContainerCreating',
    );
    const running = [
      { name: "a", ready: true, state: { running: {} } },
      { name: "b", ready: false, state: { running: {} } },
    ];
    assert.equal(
      progressOf({ status: { phase: "Running", containerStatuses: running } }),
      'Running, container "b" running',
    );
    assert.equal(progressOf({}), "Pending");
  });
  it("is merely on its way", () => {
    assert.deepEqual(texts(pod({ name: "c", ready: false, state: { waiting: { reason: "ContainerCreating" } } })), []);
    assert.deepEqual(texts(pod({ name: "c", ready: false, state: { running: {} } })), []);
    assert.deepEqual(
      texts(pod({ name: "c", ready: false, state: { terminated: { exitCode: 0, reason: "Completed" } } })),
      [],
    );
  });
});
