import { strict as assert } from "node:assert";
import {
  cniConfiguration,
  containerdConfiguration,
  mayLowerOomScore,
} from "../../../../local/cluster/container-runtime";
import { nodeMonitorGracePeriod } from "../../../../local/cluster/control-plane";
import { kubeletConfiguration, proxyConfiguration } from "../../../../local/cluster/node";
import { firstNode, layout } from "./fixtures";

describe("configuration of a node", () => {
  const cluster = layout();
  const node = firstNode(cluster);

  it("lets a kubelet miss more than one renewal of its lease before the node counts as lost", () => {
    const { nodeLeaseDurationSeconds } = kubeletConfiguration(cluster, node);
    const renewalSeconds = Number(nodeLeaseDurationSeconds) / 4; // the kubelet renews at a quarter of the duration
    assert.ok(renewalSeconds * 3 < nodeMonitorGracePeriod);
  });

  it("asks for a certificate or a token, and for permission", () => {
    const { authentication, authorization } = kubeletConfiguration(cluster, node) as {
      authentication: { anonymous: { enabled: boolean } };
      authorization: { mode: string };
    };
    assert.equal(authentication.anonymous.enabled, false);
    assert.equal(authorization.mode, "Webhook");
  });

  it("listens on the node's own address only", () => {
    const kubelet = kubeletConfiguration(cluster, node);
    const proxy = proxyConfiguration(cluster, node);
    assert.deepEqual([kubelet.address, kubelet.healthzBindAddress, proxy.bindAddress], Array(3).fill(node.address));
    assert.equal(proxy.healthzBindAddress, `${node.address}:10256`);
  });

  it("gives pods addresses of the node's network and waits for their policies", () => {
    const { plugins } = JSON.parse(cniConfiguration(node, "/kubeconfig"));
    assert.deepEqual(plugins[0].ipam.ranges, [[{ subnet: "10.244.1.0/24" }]]);
    assert.equal(plugins[0].nodename, "node-1");
    assert.ok(plugins[0].policy_setup_timeout_seconds > 0);
  });

  it("quotes paths in containerd's configuration", () => {
    const odd = { ...node, dir: '/state/a "b"/node-1' };
    assert.match(containerdConfiguration(odd, "/tools"), /^root = "\/state\/a \\"b\\"\/node-1\/containerd"$/m);
  });
});

describe("the right to lower OOM scores", () => {
  it("is the capability CAP_SYS_RESOURCE", () => {
    assert.equal(mayLowerOomScore("Name:\tx\nCapEff:\t000001ffffffffff\n"), true);
    assert.equal(mayLowerOomScore("Name:\tx\nCapEff:\t000001fffeffffff\n"), false);
    assert.equal(mayLowerOomScore("Name:\tx\n"), false);
  });
});
