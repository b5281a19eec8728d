import { hostFields } from "../isolation/host-fields";
import { acceptedOf, type RefusedField } from "../kernel/refused-field";
import { fieldOr, items, optional, text } from "./cel";
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
    ],
  };
}

/** Whether a place uses a refused field. */
function uses(place: string, { path, type }: RefusedField): string {
  if (type === "flag") return fieldOr("false", place, ...path);
  if (type === "number") return `${fieldOr("0", place, ...path)} != 0`;
  return `${optional(place, ...path)}.hasValue()`;
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

function inPorts(field: RefusedField): Validation {
  const used = `${items("item", "ports")}.exists(port, ${uses("port", field)})`;
  const told = `variables.path + 'spec: ' + ${text(`ports[].${field.path.join(".")} of container `)} + variables.containers.filter(item, ${used})[0].name + ' is used'`;
  return validation(`!variables.containers.exists(item, ${used})`, told, acceptedOf(field), field.remedy);
}
