import { type LabelPlace, labelPlaces, tenantId, tenantIdFormat } from "../isolation/label-places";
import { all, any, fieldOr, optional, text, texts } from "./cel";
import { changed, podRules, podVariables, templateOf } from "./pods";
import { type AdmissionSpec, type Validation, validation } from "./policy-spec";

/** What tells, in the cluster, whose pods are. */
export interface OwnerSettings {
  /** Label of pods whose value is the tenant's id. */
  readonly tenantLabel: string;
  /** Label of namespaces whose pods are all of the tenant that it names. */
  readonly tenantNamespaceLabel: string;
  /** Namespaces, or ServiceAccounts in them, that are of a tenant whatever the namespace's label says; the first counts. */
  readonly mapping: readonly {
    readonly namespace: string;
    readonly serviceAccount?: string;
    readonly tenant: string;
  }[];
  /** Where ServiceAccounts are named after tenants: those that begin with the prefix go on with the id. */
  readonly named: { readonly namespace: string; readonly prefix: string };
}

const account = fieldOr("'default'", "variables.template", "spec", "serviceAccountName");

/**
 * What `tenant-labels` says of pods, for the API server: the tenant's id on a pod is that of its namespace and its ServiceAccount, the same in the
 * object that makes it and in its selector, and does not change while the pod lives.
 *
 * Here an object's own labels and those of a Job's template may be without it: Kubernetes makes Jobs of CronJobs with no labels, and pods without the
 * label are let in nowhere.
 */
export function tenantLabels(settings: OwnerSettings): AdmissionSpec {
  const { tenantLabel: label, named } = settings;
  const has = `${text(label)} in variables.labels`;
  const before = fieldOr("''", templateOf("oldObject"), "metadata", "labels", label);
  const at = `variables.path + ${text(`metadata.labels.${label} is `)} + (variables.id == '' ? 'missing' : variables.id)`;
  const isNamed = `request.namespace == ${text(named.namespace)} && variables.account.startsWith(${text(named.prefix)})`;
  return {
    failurePolicy: "Fail",
    matchConstraints: { resourceRules: podRules },
    matchConditions: [
      changed(
        [
          ["metadata", "labels"],
          ["spec", "serviceAccountName"],
        ],
        [
          ["metadata", "labels"],
          ["spec", "selector"],
        ],
      ),
    ],
    variables: [
      ...podVariables,
      { name: "id", expression: `${optional("variables.labels", label)}.orValue('')` },
      { name: "account", expression: account },
      { name: "tenant", expression: tenantOf(settings) },
    ],
    validations: [
      validation(
        `!(${has}) || variables.id.matches(${text(tenantId.source)})`,
        at,
        `must be ${tenantIdFormat}`,
        "Name tenants by their ids.",
      ),
      validation(
        `!(${has}) || variables.tenant in ['', variables.id]`,
        `${at} + ', but namespace ' + request.namespace + ' and ServiceAccount ' + variables.account + ' are of tenant ' + variables.tenant`,
        "must be that tenant's",
        "Give pods the id of the tenant they are of, or make them in a namespace of the other tenant.",
      ),
      validation(
        `!(${isNamed}) || variables.account == ${text(named.prefix)} + variables.id`,
        `${at} + ', but the ServiceAccount is ' + variables.account`,
        "must be the tenant whose ServiceAccount it is",
        `ServiceAccounts ${named.prefix}<id> are for pods of tenant <id>: use one of another name.`,
      ),
      ...labelPlaces.map((place) => samePlace(place, label)),
      validation(
        any(
          "request.operation == 'CREATE'",
          all("object.kind != 'Pod'", `${before} == ''`),
          `${before} == variables.id`,
        ),
        `${at} + ', and was ' + (${before} == '' ? 'missing' : ${before})`,
        "must stay what it was",
        "Make another object, with the other id.",
      ),
    ],
  };
}

/** The tenant that a pod is of by where it is and who it is, empty if it is of none: what the callout says of its ServiceAccount. */
function tenantOf({ mapping, tenantNamespaceLabel }: OwnerSettings): string {
  const byLabel = fieldOr("''", "namespaceObject", "metadata", "labels", tenantNamespaceLabel);
  return mapping.reduceRight((rest, { namespace, serviceAccount, tenant }) => {
    const isThere = `request.namespace == ${text(namespace)}`;
    const fits = serviceAccount === undefined ? isThere : all(isThere, `variables.account == ${text(serviceAccount)}`);
    return `(${fits} ? ${text(tenant)} : ${rest})`;
  }, byLabel);
}

/** An object of which some kinds have a field, and others, for which Kubernetes checks the same expression, have not. */
function anyKind(object: "object" | "oldObject"): string {
  return `dyn(${object})`;
}

/** The same id here as on the pods. Selectors must have it, but an old object cannot be given it: a workload's selector never changes. */
function samePlace({ path, kinds, need, isSelector }: LabelPlace, label: string): Validation {
  const value = fieldOr("''", anyKind("object"), ...path, label);
  const isElsewhere = `!(object.kind in ${texts(kinds)})`;
  const isMissing = `!${optional(anyKind("object"), ...path, label)}.hasValue()`;
  const mayBeMissing = !isSelector || need === "never";
  const wasMissing = all(
    "request.operation == 'UPDATE'",
    `!${optional(anyKind("oldObject"), ...path, label)}.hasValue()`,
  );
  const missing = mayBeMissing ? isMissing : all(isMissing, any("variables.id == ''", wasMissing));
  return validation(
    any(isElsewhere, missing, `${value} == variables.id`),
    `${text(`${[...path, label].join(".")} is `)} + (${value} == '' ? 'missing' : ${value}) + ', and that of the pods is ' + (variables.id == '' ? 'missing' : variables.id)`,
    "must be the same",
    `Give all of them the same ${label}.`,
  );
}
