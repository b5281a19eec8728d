import { hostFields, volumeOfClaim } from "../isolation/host-fields";
import { acceptedOf, type RefusedField } from "../kernel/refused-field";
import { all, fieldOr, items, optional, text, texts } from "./cel";
import { changed, podRules, podVariables } from "./pods";
import { type AdmissionSpec, type Validation, validation } from "./policy-spec";

/** What `tenant-host-access` says, for the API server: pods have nothing of the node they run on. */
export function hostAccess(): AdmissionSpec {
  const fields = (place: keyof typeof hostFields, rule: (field: RefusedField) => Validation) =>
    hostFields[place].map(rule);
  return {
    failurePolicy: "Fail",
    matchConstraints: { resourceRules: podRules },
    matchConditions: [changed([["spec"]])],
    variables: podVariables,
    validations: [
      ...fields("pod", inPod),
      ...fields("volume", (field) => inItems("variables.volumes", "volume", field)),
      ...fields("container", (field) => inItems("variables.containers", "container", field)),
      ...fields("port", inPorts),
      inClaims(volumeOfClaim),
    ],
  };
}

/** Whether a place uses a refused field. */
function uses(place: string, { path, type, allowed = [] }: RefusedField): string {
  if (type === "flag") return fieldOr("false", place, ...path);
  if (type === "number") return `${fieldOr("0", place, ...path)} != 0`;
  const isThere = `${optional(place, ...path)}.hasValue()`;
  return type === "text" ? all(isThere, `!(${fieldOr("''", place, ...path)} in ${texts(allowed)})`) : isThere;
}

function inPod(field: RefusedField): Validation {
  const spec = "variables.template.spec";
  const told = `variables.path + ${text(`spec.${field.path.join(".")} is used`)}`;
  return validation(`!(${uses(spec, field)})`, told, acceptedOf(field), field.remedy);
}

function inItems(list: string, noun: string, field: RefusedField): Validation {
  const used = uses("item", field);
  const told = `variables.path + 'spec: ' + ${text(`${field.path.join(".")} of ${noun} `)} + ${list}.filter(item, ${used})[0].name + ' is used'`;
  return validation(`!${list}.exists(item, ${used})`, told, acceptedOf(field), field.remedy);
}

/** Claims of a StatefulSet's pods; other kinds have none. */
function inClaims(field: RefusedField): Validation {
  const claims = items("dyn(object)", "spec", "volumeClaimTemplates");
  const used = uses("claim.spec", field);
  const told = `${text(`spec.volumeClaimTemplates: spec.${field.path.join(".")} of `)} + ${claims}.filter(claim, ${used})[0].metadata.name + ' is used'`;
  return validation(`!${claims}.exists(claim, ${used})`, told, acceptedOf(field), field.remedy);
}

function inPorts(field: RefusedField): Validation {
  const used = `${items("item", "ports")}.exists(port, ${uses("port", field)})`;
  const told = `variables.path + 'spec: ' + ${text(`ports[].${field.path.join(".")} of container `)} + variables.containers.filter(item, ${used})[0].name + ' is used'`;
  return validation(`!variables.containers.exists(item, ${used})`, told, acceptedOf(field), field.remedy);
}
