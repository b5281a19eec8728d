import { strict as assert } from "node:assert";
import type { V1PersistentVolume, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { provisionerName, reclaimableFolder, volumeFor } from "../../../../local/cluster/volumes";

const folders = { "node-1": "/state/node-1/volumes", "node-2": "/state/node-2/volumes" };

function claim(changes: { annotations?: Record<string, string>; volumeName?: string } = {}): V1PersistentVolumeClaim {
  return {
    metadata: {
      name: "data",
      namespace: "nats",
      uid: "u1",
      annotations: changes.annotations ?? {
        "volume.kubernetes.io/storage-provisioner": provisionerName,
        "volume.kubernetes.io/selected-node": "node-2",
      },
    },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "10Gi" } },
      storageClassName: "standard",
      volumeName: changes.volumeName,
    },
  };
}

function released(changes: Partial<V1PersistentVolume["spec"]> = {}, phase = "Released"): V1PersistentVolume {
  return {
    metadata: { name: "pvc-u1", annotations: { "pv.kubernetes.io/provisioned-by": provisionerName } },
    spec: { persistentVolumeReclaimPolicy: "Delete", local: { path: "/state/node-2/volumes/pvc-u1" }, ...changes },
    status: { phase },
  };
}

describe("a volume for a claim", () => {
  it("is a folder of the node the scheduler chose, bound to node and claim", () => {
    const volume = volumeFor(claim(), folders);
    assert.equal(volume?.metadata?.name, "pvc-u1");
    assert.equal(volume?.spec?.local?.path, "/state/node-2/volumes/pvc-u1");
    assert.equal(volume?.spec?.hostPath, undefined);
    assert.deepEqual(volume?.spec?.capacity, { storage: "10Gi" });
    assert.equal(volume?.spec?.claimRef?.uid, "u1");
    assert.deepEqual(volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values, [
      "node-2",
    ]);
    assert.equal(volume?.spec?.persistentVolumeReclaimPolicy, "Delete");
  });

  it("is not made before the pod has a node, for a claim that has one, or for another provisioner", () => {
    const ours = { "volume.kubernetes.io/storage-provisioner": provisionerName };
    const others = {
      "volume.kubernetes.io/storage-provisioner": "somebody/else",
      "volume.kubernetes.io/selected-node": "node-2",
    };
    assert.equal(volumeFor(claim({ annotations: ours }), folders), undefined);
    assert.equal(volumeFor(claim({ volumeName: "pvc-u1" }), folders), undefined);
    assert.equal(volumeFor(claim({ annotations: others }), folders), undefined);
  });

  it("names claim and node when the node is not known", () => {
    assert.throws(
      () => volumeFor(claim(), { "node-1": "/v" }),
      /claim nats\/data was given to node "node-2"; .* on node-1/,
    );
  });
});

describe("a volume whose claim is gone", () => {
  it("gives its folder back", () => {
    assert.equal(reclaimableFolder(released(), folders), "/state/node-2/volumes/pvc-u1");
    assert.equal(reclaimableFolder(released({}, "Failed"), folders), "/state/node-2/volumes/pvc-u1");
  });

  it("is left alone while it is in use, if it is to be retained, or if it is not ours", () => {
    assert.equal(reclaimableFolder(released({}, "Bound"), folders), undefined);
    assert.equal(reclaimableFolder(released({ persistentVolumeReclaimPolicy: "Retain" }), folders), undefined);
    assert.equal(reclaimableFolder({ ...released(), metadata: { name: "pvc-u1" } }, folders), undefined);
  });

  it("never names a folder outside the nodes' own", () => {
    for (const path of [
      "/",
      "/state/node-2/volumes",
      "/state/node-2/volumes/../../x",
      "/etc/passwd",
      "/state/node-2/volumes/a/b",
    ]) {
      assert.equal(reclaimableFolder(released({ local: { path } }), folders), undefined, path);
    }
  });
});
