import { type ClusterLayout, layoutOf, type NodeMachine } from "../../../../local/cluster/layout";

/** Layout of a cluster whose state is in `root`, without looking at this machine. */
export function layout(index = 0, name = "dev", root = `/state/clusters/${name}`): ClusterLayout {
  return layoutOf({ name, index, root, kubeconfig: `${root}/kubeconfig`, pki: `${root}/pki`, logs: `${root}/logs` });
}

/** First node of {@link layout}. */
export function firstNode(cluster = layout()): NodeMachine {
  const [node] = cluster.nodes;
  if (!node) throw new Error("a cluster without nodes");
  return node;
}
