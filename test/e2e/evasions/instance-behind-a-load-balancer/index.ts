import { service } from "../tenant";

/** A load balancer of the cloud leads to the instance. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  service({ type: "LoadBalancer" });
}
