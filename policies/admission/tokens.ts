import { clientLabel, tokenFileVariable, urlVariable } from "../tokens/client";
import { defaultLife, shortestLife } from "../tokens/settings";
import { all, any, fieldOr, items, optional, text, texts } from "./cel";
import { changed, podRules, podVariables } from "./pods";
import { type AdmissionSpec, type Variable, validation } from "./policy-spec";

/** What tokens for NATS must be. */
export interface TokenSettings {
  /** Audience of tokens for NATS. */
  readonly audience: string;
  /** Longest life of one, in seconds. */
  readonly maxSeconds: number;
}

/** Beginning of the name of the volume that Kubernetes itself adds to a pod for its API, where that is not switched off. */
const ownVolume = "kube-api-access-";

const token = "source.serviceAccountToken";
const hasToken = `${optional("source", "serviceAccountToken")}.hasValue()`;

const isFile = (entry: string) => `${entry}.name == ${text(tokenFileVariable)}`;

const mounts = items("container", "volumeMounts");

/** Whether a system reads a mount's path as another one: CEL compares paths as they are written. */
const isCrooked = any(
  "!mount.mountPath.startsWith('/')",
  "mount.mountPath.contains('//')",
  ...["/../", "/./"].map((part) => `(mount.mountPath + '/').contains(${text(part)})`),
);

/** Whether a variable of a container is the file of a token: where a mount has it as its volume does, and no other mount lies over it. */
const isTokenFile = `${mounts}.exists(mount, ${all(
  "mount.name == volume.name",
  `${optional("mount", "subPath")}.orValue('') == ''`,
  `${optional("mount", "subPathExpr")}.orValue('') == ''`,
  // A mount may be written with a slash at its end.
  `${fieldOr("''", "entry", "value")} == mount.mountPath + (mount.mountPath.endsWith('/') ? '' : '/') + ${token}.path`,
  `!${mounts}.exists(other, ${all(
    "other.mountPath.size() > mount.mountPath.size()",
    `(${fieldOr("''", "entry", "value")} + '/').startsWith(other.mountPath)`,
  )})`,
)})`;

/** Whether one of the tokens of the pod's volumes is so. */
const someToken = (condition: string) =>
  `variables.volumes.exists(volume, ${items("volume", "projected", "sources")}.exists(source, ${all(hasToken, condition)}))`;

const isNamed = `variables.readers.exists(container, ${items("container", "env")}.exists(entry, ${all(isFile("entry"), isTokenFile)}))`;

/** As in `tokens/client.ts`: what a pod may log in to NATS with. */
const variables: Variable[] = [
  ...podVariables,
  {
    name: "readers",
    expression: `variables.containers.filter(container, ${items("container", "env")}.exists(entry, ${isFile("entry")}))`,
  },
  {
    name: "isClient",
    expression: any(
      `${optional("variables.labels", clientLabel)}.orValue('') == 'true'`,
      `variables.containers.exists(container, ${items("container", "env")}.exists(entry, entry.name in ${texts([urlVariable, tokenFileVariable])}))`,
    ),
  },
  { name: "readsAny", expression: "variables.isClient && variables.readers.size() == 0" },
];

/** Tokens of the pod, if it names none and so may take any; but not Kubernetes' own, which a pod has unasked, for no audience in particular. */
const isAny = `variables.readsAny && !(volume.name.startsWith(${text(ownVolume)}) && ${fieldOr("''", token, "audience")} == '')`;

/** What `token-audience`, `token-lifetime` and part of `token-wiring` say, for the API server: by what NATS clients log in. */
export function tokens({ audience, maxSeconds }: TokenSettings): AdmissionSpec {
  const given = fieldOr("''", token, "audience");
  const seconds = fieldOr(String(defaultLife), token, "expirationSeconds");
  const isOurs = `${given} == ${text(audience)}`;
  const wrongAudience = all(`!(${isOurs})`, any(isAny, isNamed));
  const wrongLife = all(`${seconds} < ${shortestLife} || ${seconds} > ${maxSeconds}`, any(isOurs, isAny, isNamed));
  const noToken = any(
    `${mounts}.exists(mount, ${isCrooked})`,
    `${items("container", "env")}.exists(entry, ${all(isFile("entry"), `!(${someToken(isTokenFile)})`)})`,
  );
  const volumeWith = (condition: string) =>
    `variables.volumes.filter(volume, ${items("volume", "projected", "sources")}.exists(source, ${all(hasToken, condition)}))[0].name`;
  const field = (name: string, condition: string) =>
    `variables.path + ${text(`spec: serviceAccountToken.${name} of volume `)} + ${volumeWith(condition)}`;
  const wire = "wire the workload with nats: { enabled: true }, which does";
  return {
    failurePolicy: "Fail",
    matchConstraints: { resourceRules: podRules },
    matchConditions: [changed([["spec"], ["metadata", "labels"]])],
    variables,
    validations: [
      validation(
        `!variables.readers.exists(container, ${noToken})`,
        `variables.path + ${text(`spec: ${tokenFileVariable} of container `)} + variables.readers.filter(container, ${noToken})[0].name`,
        "must be <mountPath>/<path> of a projected ServiceAccount token that is mounted there as a whole",
        `Mount one, or ${wire}.`,
      ),
      validation(
        `!(${someToken(wrongAudience)})`,
        field("audience", wrongAudience),
        `must be exactly ${JSON.stringify(audience)}`,
        `Set audience: ${audience}, or ${wire}.`,
      ),
      validation(
        `!(${someToken(wrongLife)})`,
        field("expirationSeconds", wrongLife),
        `must be from ${shortestLife} to ${maxSeconds}`,
        "Set expirationSeconds: 3600; the kubelet renews the token by itself.",
      ),
    ],
  };
}
