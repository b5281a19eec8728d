import type { Mutation, PolicyCases } from "../support/cases";
import { accountJwt, identityStack, setData } from "../support/identity";
import { unknownText } from "../support/pack";

type Limits = Record<string, unknown>;

/** An account whose limits are others. */
function limits(what: string, change: (limits: Limits) => void, says: RegExp, name = "SHOP"): Mutation {
  return {
    what,
    resource: "auth",
    change: (secret) => {
      const jwt = accountJwt({ name, change: (nats) => change(nats.limits as Limits) });
      setData(secret, "auth.conf", `resolver_preload: { A: ${jwt} }`);
    },
    says,
  };
}

const set = (name: string, value: unknown) => (all: Limits) => {
  all[name] = value;
};

const all = ["conn", "leaf", "subs", "payload", "mem_storage", "disk_storage", "streams", "consumer"];

export const cases: PolicyCases = {
  policy: "account-limits",
  compliant: identityStack(),
  mutations: [
    ...all.map((name) => {
      const says = new RegExp(
        `data\\["auth\\.conf"\\] is a text with the JWT of account "SHOP", which has no limit of ${name};`,
      );
      return limits(`no limit of ${name}`, set(name, -1), says);
    }),
    limits("as many streams as one likes, which 0 is", set("streams", 0), /no limit of streams;/),
    limits("another negative number", set("conn", -2), /no limit of conn;/),
    limits("a limit that is a text", set("payload", "1024"), /no limit of payload;/),
    limits(
      "storage without limit in a tier",
      (of) => {
        of.disk_storage = 0;
        of.tiered_limits = { R3: { mem_storage: 0, disk_storage: -1, streams: 1, consumer: 1 } };
      },
      /no limit of R3\.disk_storage;/,
    ),
    limits(
      "no limit of conn of an account without others",
      set("conn", -1),
      /"PLATFORM".* no limit of conn;/,
      "PLATFORM",
    ),
    {
      what: "an account in a ConfigMap",
      resource: "config",
      change: ({ props }) => {
        const jwt = accountJwt({ change: (nats) => set("conn", -1)(nats.limits as Limits) });
        props.data["accounts.conf"] = `resolver_preload: { A: ${jwt} }`;
      },
      says: /ConfigMap "nats\/nats-config": data\["accounts\.conf"\]/,
    },
  ],
  allowed: [
    limits("bytes in flight, which no server limits", set("data", 5), /-/),
    limits("the system account", set("conn", -1), /-/, "SYS"),
    limits("a declared limit", set("streams", -1), /-/, "PLATFORM"),
    limits("no connections at all", set("conn", 0), /-/),
    limits(
      "an account without JetStream",
      (of) => {
        for (const name of ["disk_storage", "streams", "consumer"]) of[name] = 0;
      },
      /-/,
    ),
  ],
  undecided: [
    {
      what: "accounts that are not known yet",
      resource: "auth",
      change: ({ props }) => {
        props.data["auth.conf"] = unknownText;
      },
      says: /auth\.conf/,
    },
  ],
};
