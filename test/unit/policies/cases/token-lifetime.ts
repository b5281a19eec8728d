import type { Mutable, PolicyCases } from "../support/cases";
import { unknownNumber } from "../support/pack";
import { wiredDeployment } from "../support/stacks";

const token = ({ props }: Mutable) => props.spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken;

const seconds = (value: unknown) => ({
  resource: "web",
  change: (web: Mutable) => {
    token(web).expirationSeconds = value;
  },
});

export const cases: PolicyCases = {
  policy: "token-lifetime",
  compliant: wiredDeployment(),
  mutations: [
    { what: "a token of a day", ...seconds(86_400), says: /expirationSeconds is 86400; must be .* from 600 to 7200/ },
    { what: "one second more than the longest", ...seconds(7_201), says: /is 7201/ },
    { what: "less than Kubernetes issues", ...seconds(599), says: /is 599/ },
    { what: "a negative time", ...seconds(-1), says: /is -1/ },
    { what: "a broken number of seconds", ...seconds(3600.5), says: /is 3600\.5/ },
    { what: "seconds as text", ...seconds("3600"), says: /is "3600"; must be a number/ },
  ],
  allowed: [
    { what: "the shortest", ...seconds(600) },
    { what: "the longest", ...seconds(7_200) },
    { what: "Kubernetes' own default, an hour", ...seconds(undefined) },
  ],
  undecided: [{ what: "a time that is not known yet", ...seconds(unknownNumber), says: /expirationSeconds/ }],
};
