import { optional } from "../../policies/admission/cel";
import { instanceAppLabel } from "../labels";
import { namespaceNamed } from "../network-policy";

/** By all of these a pod gets its labels, or another container. */
const podResources = ["pods", "pods/status", "pods/binding", "pods/ephemeralcontainers"];

/** Name of the policy and its binding; both are the cluster's, so the namespace is part of it. */
export function instanceGuardName(tenantsNamespace: string): string {
  return `nats-platform-${tenantsNamespace}-instances`;
}

/** Where the labels of a pod stand: in a Pod itself, in the Binding that gives it to a node with labels, or in what pods are made from. */
const template =
  "object.kind in ['Pod', 'Binding'] ? object : (object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template : object.spec.template)";

const labels = "variables.template.metadata.labels";

/** Kubernetes' own controllers make pods from templates, and those have been judged. */
const controllers = [
  "request.userInfo.username == 'system:kube-controller-manager'",
  "request.userInfo.username.startsWith('system:serviceaccount:kube-system:')",
];

/** Kubelets write the status of instances: that leaves the labels as they are. */
const wasInstance = [
  "request.subResource == 'status'",
  `${optional("oldObject", "metadata", "labels", "app")}.orValue('') == '${instanceAppLabel.app}'`,
].join(" && ");

const mayOpenTheNetwork =
  "authorizer.group('networking.k8s.io').resource('networkpolicies').namespace(request.namespace).check('create').allowed()";

/**
 * Spec of a ValidatingAdmissionPolicy: in the tenants' namespace, only who may write its NetworkPolicies may make something that looks like an instance.
 *
 * account-sync and monitoring find instances by label, and account-sync logs in there with a user of the system account. A client of NATS without TLS
 * cannot tell a server from one who passes its login on to another server, so whoever could label a pod like an instance could act as account-sync.
 */
export function instanceGuard(tenantsNamespace: string) {
  const rule = (apiGroup: string, apiVersion: string, ...resources: string[]) => ({
    apiGroups: [apiGroup],
    apiVersions: [apiVersion],
    operations: ["CREATE", "UPDATE"],
    resources,
  });
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      ...namespaceNamed(tenantsNamespace),
      resourceRules: [
        rule("", "v1", ...podResources, "bindings", "replicationcontrollers"),
        rule("apps", "v1", "deployments", "replicasets", "statefulsets", "daemonsets"),
        rule("batch", "v1", "jobs", "cronjobs"),
      ],
    },
    variables: [
      { name: "template", expression: template },
      {
        name: "isInstance",
        expression: `has(variables.template.metadata) && has(${labels}) && 'app' in ${labels} && ${labels}['app'] == '${instanceAppLabel.app}'`,
      },
    ],
    validations: [
      {
        expression: `!variables.isInstance || ${[wasInstance, ...controllers, mayOpenTheNetwork].join(" || ")}`,
        message: `label app=${instanceAppLabel.app} is for instances of tenants, made by their stacks: give your pods another, or have the right to create NetworkPolicies in namespace ${tenantsNamespace}`,
        reason: "Forbidden",
      },
    ],
  };
}
