import type { Mutation, PolicyCases } from "../support/cases";
import { identityStack, natsConf, setData } from "../support/identity";
import { unknownText } from "../support/pack";

/** The configuration with another resolver. */
function resolver(what: string, text: string, problem: string): Mutation {
  return {
    what,
    resource: "config",
    change: ({ props }) => {
      props.data["nats.conf"] = natsConf.replace(/"resolver": \{[^}]*\}/, text);
    },
    says: new RegExp(
      `data\\["nats\\.conf"\\] is a NATS configuration whose resolver ${problem}; must be a map with type`,
    ),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a mutation may make any mistake
function values(what: string, change: (config: any) => void, says: RegExp): Mutation {
  return { what, resource: "release", change: ({ props }) => change(props.values.config), says };
}

export const cases: PolicyCases = {
  policy: "resolver-full",
  compliant: identityStack(),
  mutations: [
    resolver("a cache", 'resolver: { type: cache, dir: "/data/resolver" }', 'has type "cache"'),
    resolver("memory", "resolver: MEMORY", "is no map"),
    resolver("memory as a map", "resolver { type: mem }", 'has type "mem"'),
    resolver("an address", 'resolver: URL("http://accounts.example.com/jwt/v1/accounts/")', "is no map"),
    resolver("no type", "resolver: { dir: /data/resolver, allow_delete: true }", "has no type"),
    resolver("a type of a variable", "resolver: { type: $TYPE, allow_delete: true }", "has type of a variable"),
    resolver("no deletion", "resolver: { type: full, dir: /data/resolver }", "does not allow_delete"),
    resolver("deletion switched off", "resolver: { type: full, allow_delete: off }", "does not allow_delete"),
    resolver(
      "another one under another name",
      "resolver: { type: full, allow_delete: true }, account_resolver: MEMORY",
      "is no map",
    ),
    resolver(
      "another one of the same name",
      "resolver: { type: full, allow_delete: true }\n resolver: { type: cache, allow_delete: true }",
      'has type "cache"',
    ),
    {
      what: "none beside an operator, in a whole configuration",
      resource: "auth",
      change: (secret) => setData(secret, "nats.conf", "port: 4222\noperator: /etc/nats/operator.jwt\n"),
      says: /Secret "nats\/nats-auth": data\["nats\.conf"\] is a NATS configuration whose resolver is missing/,
    },
    values(
      "no type in a chart's values",
      (config) => delete config.resolver.merge,
      /Release "release": values\.config\.resolver\.merge is missing; must be a map/,
    ),
    values(
      "a cache in a chart's values",
      (config) => {
        config.resolver.merge.type = "cache";
      },
      /values\.config\.resolver\.merge is \{"allow_delete":true,"type":"cache"\}/,
    ),
    values(
      "memory, merged into a chart's configuration",
      (config) => {
        config.resolver.enabled = false;
        config.merge.resolver = "MEMORY";
      },
      /values\.config\.merge\.resolver is "MEMORY"/,
    ),
    {
      what: "a cache in the values of a chart within a chart",
      resource: "release",
      change: ({ props }) => {
        props.values = { nats: { config: { resolver: { enabled: true, merge: { type: "cache" } } } } };
      },
      says: /values\.nats\.config\.resolver\.merge is/,
    },
  ],
  allowed: [
    {
      what: "one in capitals, with an equals sign",
      resource: "config",
      change: ({ props }) => {
        props.data["nats.conf"] = natsConf.replace(
          /"resolver": \{[^}]*\}/,
          "resolver = { type = FULL; allow_delete = yes }",
        );
      },
    },
    {
      what: "none where no operator is",
      resource: "config",
      change: ({ props }) => {
        props.data["nats.conf"] = "port: 4222\njetstream: true\n";
      },
    },
    {
      what: "one of another chart that is switched off",
      resource: "release",
      change: ({ props }) => {
        props.values = { config: { resolver: { enabled: false } } };
      },
    },
  ],
  undecided: [
    {
      what: "a resolver in a chart's values that is not known yet",
      resource: "release",
      change: ({ props }) => {
        props.values.config.resolver.merge.type = unknownText;
      },
      says: /merge\.type/,
    },
    {
      what: "a configuration that is not known yet",
      resource: "config",
      change: ({ props }) => {
        props.data["nats.conf"] = unknownText;
      },
      says: /nats\.conf/,
    },
  ],
};
