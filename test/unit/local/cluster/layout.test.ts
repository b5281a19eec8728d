import { strict as assert } from "node:assert";
import { nodeNumber } from "../../../../local/cluster/layout";
import { contains } from "../../../../local/cluster/preflight";
import { maxClusterIndex } from "../../../../local/state";
import { layout } from "./fixtures";

describe("layout of a cluster", () => {
  it("shares no network, address or interface between clusters", () => {
    const layouts = Array.from({ length: maxClusterIndex + 1 }, (_, index) => layout(index, `c${index}`));
    const networks = layouts.flatMap(({ nodeCidr, podCidr, serviceCidr }) => [nodeCidr, podCidr, serviceCidr]);
    for (const [i, one] of networks.entries()) {
      for (const other of networks.slice(i + 1)) {
        assert.ok(!contains(one, other) && !contains(other, one), `${one} and ${other} overlap`);
      }
    }
    assert.equal(new Set(layouts.map(({ hostInterface }) => hostInterface)).size, layouts.length);
    assert.equal(new Set(layouts.flatMap(({ nodes }) => nodes.map(({ cgroup }) => cgroup))).size, layouts.length * 3);
  });

  it("keeps interface names within the 15 characters Linux allows", () => {
    for (let index = 0; index <= maxClusterIndex; index++) assert.ok(layout(index).hostInterface.length <= 15);
  });

  it("gives every machine an address of the node network and every node a pod network within the cluster's", () => {
    const { controlPlane, nodes, nodeCidr, podCidr } = layout(3);
    const addresses = [controlPlane, ...nodes].map(({ address }) => address);
    assert.deepEqual(addresses, ["10.255.3.2", "10.255.3.11", "10.255.3.12", "10.255.3.13"]);
    assert.ok(addresses.every((address) => contains(nodeCidr, address)));
    assert.ok(nodes.every((node) => contains(podCidr, node.podCidr)));
    assert.equal(new Set(nodes.map((node) => node.podCidr)).size, 3);
  });

  it("names the node asked for, and what is accepted if there is none", () => {
    assert.equal(nodeNumber(layout(), 2).name, "node-2");
    assert.throws(() => nodeNumber(layout(), 4), /"dev" has no node 4: accepted are 1 to 3/);
  });
});
