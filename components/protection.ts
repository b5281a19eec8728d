import type * as pulumi from "@pulumi/pulumi";
import { accountLabel } from "./labels";

/**
 * Protects what no `up` brings back: namespaces with their volumes, servers with a volume, accounts, and the identity keys, without which nobody is
 * known any more. The rest is made anew from these. Signing keys and users' keys come and go with their epochs, so they are not protected.
 */
export function protectLasting(protect: boolean): pulumi.ResourceTransform {
  return ({ type, name, props, opts }) =>
    isLasting(type, name, props) ? { props, opts: { ...opts, protect } } : undefined;
}

/** Whether what a resource stands for is lost with it. Identity keys are called `<owner>-key`; with its Secret an account and all it stores are deleted. */
function isLasting(type: string, name: string, props: pulumi.Inputs): boolean {
  switch (type) {
    case "kubernetes:core/v1:Namespace":
    case "kubernetes:apps/v1:StatefulSet":
      return true;
    case "kubernetes:core/v1:Secret":
      return accountLabel in (props.metadata?.labels ?? {});
    case "random:index/randomPassword:RandomPassword":
      return name.endsWith("-key");
    default:
      return false;
  }
}
