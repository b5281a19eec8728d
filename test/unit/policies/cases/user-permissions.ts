import type { Mutation, PolicyCases } from "../support/cases";
import { accountJwt, creds, identityStack, natsConf, setData } from "../support/identity";
import { unknownText } from "../support/pack";

/** Creds of a user whose JWT says otherwise. */
function user(what: string, change: (nats: Record<string, unknown>) => void, says: RegExp): Mutation {
  return { what, resource: "creds", change: (secret) => setData(secret, "nats.creds", creds({ change })), says };
}

/** A configuration with users of its own, included by the server's. */
function config(what: string, text: string, says: RegExp): Mutation {
  return {
    what,
    resource: "config",
    change: ({ props }) => {
      props.data["users.conf"] = text;
    },
    says,
  };
}

const role = (change: (template: Record<string, unknown>, key: Record<string, unknown>) => void) =>
  accountJwt({
    change: (nats) => {
      const keys = nats.signing_keys as (string | { template: Record<string, unknown> })[];
      for (const key of keys) if (typeof key === "object") change(key.template, key);
    },
  });

export const cases: PolicyCases = {
  policy: "user-permissions",
  compliant: identityStack(),
  mutations: [
    user(
      "a user that may publish everything",
      (nats) => {
        nats.pub = { allow: [">"] };
      },
      /data\["nats\.creds"\] is a text in which user "orders" may publish >; must publish neither/,
    ),
    user("one without a list to publish", (nats) => delete nats.pub, /publish everything, for want of an allow list/),
    user(
      "one with an empty list",
      (nats) => {
        nats.sub = { allow: [] };
      },
      /subscribe everything/,
    ),
    user(
      "one with nothing but a deny list",
      (nats) => {
        nats.pub = { deny: ["admin.>"] };
      },
      /publish everything/,
    ),
    user(
      "everything but some subjects",
      (nats) => {
        nats.sub = { allow: [">"], deny: ["$SYS.>", "_INBOX.>"] };
      },
      /subscribe >/,
    ),
    user(
      "everybody's inboxes",
      (nats) => {
        nats.sub = { allow: ["orders.>", "_INBOX.>"] };
      },
      /subscribe _INBOX\.>/,
    ),
    user(
      "everybody's inboxes by another wildcard",
      (nats) => {
        nats.sub = { allow: ["_INBOX.*.*"] };
      },
      /subscribe _INBOX\.\*\.\*/,
    ),
    user(
      "everything by other wildcards",
      (nats) => {
        nats.pub = { allow: ["*.>"] };
      },
      /publish \*\.>/,
    ),
    user(
      "everything, in a queue group",
      (nats) => {
        nats.sub = { allow: ["> workers"] };
      },
      /subscribe >/,
    ),
    user(
      "everything by a tag",
      (nats) => {
        nats.pub = {};
        nats.sub = {};
        for (const key of ["subs", "data", "payload"]) delete nats[key];
        nats.tags = ["sub:>"];
      },
      /user "orders", by a tag, may subscribe >/,
    ),
    user(
      "a bearer without permissions and limits, which no role takes",
      (nats) => {
        nats.pub = {};
        nats.sub = {};
        for (const key of ["subs", "data", "payload"]) delete nats[key];
        nats.bearer_token = true;
      },
      /subscribe everything/,
    ),
    {
      what: "a role that may do everything and is not declared",
      resource: "auth",
      change: (secret) => {
        const jwt = role((_, key) => {
          key.role = "anything";
        });
        setData(secret, "auth.conf", `resolver_preload: { A: ${jwt} }`);
      },
      says: /role "anything" of account "SHOP" may publish >/,
    },
    {
      what: "a user of a name that is declared to publish alone",
      resource: "creds",
      change: (secret) => {
        const everything = (nats: Record<string, unknown>) => {
          nats.sub = { allow: [">"] };
        };
        setData(secret, "nats.creds", creds({ name: "app", change: everything }));
      },
      says: /user "app" may subscribe >/,
    },
    config(
      "a configuration's user without permissions",
      "authorization { users: [ { nkey: UORDERS } ] }",
      /data\["users\.conf"\] is a text in which user "UORDERS" may publish everything/,
    ),
    config(
      "one by default permissions",
      "authorization { default_permissions { publish: orders, subscribe: '>' }, users: [ { user: joe, password: $JOE } ] }",
      /user "joe" may subscribe >/,
    ),
    config(
      "one of an account",
      "accounts { SHOP { users = [ { user: joe, password: $JOE, permissions: { pub: [ orders ], sub: { allow: '_INBOX.>' } } } ] } }",
      /user "joe" may subscribe _INBOX\.>/,
    ),
    config(
      "one whose subjects are a variable",
      "accounts { SHOP { users = [ { user: joe, password: $JOE, permissions: { pub: orders, sub: $SUBJECTS } } ] } }",
      /user "joe" may subscribe >/,
    ),
    config(
      "the one user of a server",
      "authorization { user: joe, password: $JOE }",
      /user "joe" may publish everything/,
    ),
    config("a token of a server", "authorization { token: $TOKEN }", /user "token" may publish everything/),
  ],
  allowed: [
    {
      what: "a declared user",
      resource: "creds",
      change: (secret) => {
        const everything = (nats: Record<string, unknown>) => {
          nats.pub = { allow: [">"] };
          nats.sub = { allow: [">"] };
        };
        setData(secret, "nats.creds", creds({ name: "system", change: everything }));
      },
    },
    user(
      "a user that answers, and publishes nothing else",
      (nats) => {
        nats.pub = {};
        nats.resp = { max: 1, ttl: 5_000_000_000 };
      },
      /-/,
    ),
    user(
      "a user that may do nothing",
      (nats) => {
        nats.pub = { deny: [">"] };
        nats.sub = { deny: [">"] };
      },
      /-/,
    ),
    user(
      "a user of a role",
      (nats) => {
        nats.pub = {};
        nats.sub = {};
        for (const key of ["subs", "data", "payload"]) delete nats[key];
      },
      /-/,
    ),
    {
      what: "a user of a configuration with subjects of its own",
      resource: "config",
      change: ({ props }) => {
        props.data["nats.conf"] = natsConf.replace(
          '"http_port"',
          'authorization { default_permissions: { pub: "a", sub: "b" }, users: [ { user: joe, password: $JOE } ] }\n"http_port"',
        );
      },
    },
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
