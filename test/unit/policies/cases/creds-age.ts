import type { PolicyCases } from "../support/cases";
import { creds, identityStack, setData, userJwt } from "../support/identity";
import { unknownText } from "../support/pack";

type Issued = Parameters<typeof creds>[0];

const issued = (what: string, how: Issued, says = /-/) => ({
  what,
  resource: "creds",
  change: (secret: Parameters<typeof setData>[0]) => setData(secret, "nats.creds", creds(how)),
  says,
});

export const cases: PolicyCases = {
  policy: "creds-age",
  compliant: identityStack(),
  mutations: [
    issued(
      "creds older than a year",
      { age: 366 },
      /user "orders", which was issued on \d{4}-\d\d-\d\d; must be at most 365/,
    ),
    issued(
      "creds that have expired",
      { age: 3, daysToLive: 2 },
      /which expired on \d{4}-\d\d-\d\d; must not have expired/,
    ),
    issued(
      "creds that expire soon",
      { age: 1, daysToLive: 30 },
      /which expires on .*; must be good for more than 30 days/,
    ),
    {
      what: "an old JWT by itself, in stringData",
      resource: "creds",
      change: ({ props }) => {
        props.stringData = { jwt: userJwt({ age: 1000 }) };
      },
      says: /stringData\.jwt/,
    },
  ],
  allowed: [
    issued("creds that expire in a while", { age: 1, daysToLive: 40 }),
    issued("creds that are a day younger than a year", { age: 364 }),
    issued("creds that have expired on purpose", { name: "expired", age: 3, daysToLive: 1 }),
    issued("creds of a user that may do nothing", { name: "sentinel", age: 1000 }),
  ],
  undecided: [
    {
      what: "creds that are not known yet",
      resource: "creds",
      change: ({ props }) => {
        props.data["nats.creds"] = unknownText;
      },
      says: /nats\.creds/,
    },
  ],
};
