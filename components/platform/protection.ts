import type * as pulumi from "@pulumi/pulumi";

/**
 * Protects what no `up` brings back: the namespace with its volumes, the servers, and the identity keys, without which nobody is known any more.
 * The rest of a platform is made anew from these. Signing keys and users' keys come and go with their epochs, so they are not protected.
 */
export function protectLasting(protect: boolean): pulumi.ResourceTransform {
  return ({ type, name, props, opts }) => (isLasting(type, name) ? { props, opts: { ...opts, protect } } : undefined);
}

/** Whether what a resource stands for is lost with it. Identity keys are called `<owner>-key`. */
export function isLasting(type: string, name: string): boolean {
  const kinds = ["kubernetes:core/v1:Namespace", "kubernetes:apps/v1:StatefulSet"];
  return kinds.includes(type) || (type === "random:index/randomPassword:RandomPassword" && name.endsWith("-key"));
}
