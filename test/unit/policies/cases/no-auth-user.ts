import type { Mutable, Mutation, PolicyCases } from "../support/cases";
import { base64, identityStack, natsConf, setData } from "../support/identity";
import { unknownText } from "../support/pack";

const inConfig = /data\["nats\.conf"\] is a NATS configuration with no_auth_user; must not have no_auth_user/;

/** The ConfigMap's configuration with this among its lines. */
function line(what: string, text: string): Mutation {
  return {
    what,
    resource: "config",
    change: (config) => {
      config.props.data["nats.conf"] = natsConf.replace('"http_port"', `${text}\n  "http_port"`);
    },
    says: inConfig,
  };
}

function values(what: string, change: (values: Mutable["props"]) => void, says: RegExp): Mutation {
  return { what, resource: "release", change: ({ props }) => change(props.values), says };
}

export const cases: PolicyCases = {
  policy: "no-auth-user",
  compliant: identityStack(),
  mutations: [
    line("a user for everybody", '"no_auth_user": "guest",'),
    line("one without a separator", "no_auth_user guest"),
    line("one with an equals sign, in capitals", "No_Auth_User = guest;"),
    line("one of WebSocket", 'websocket { port: 8080, no_auth_user: "guest" }'),
    line("one whose value is in the next line", "no_auth_user\n  guest"),
    line("one of a variable", "no_auth_user: $GUEST"),
    line("one behind a comment's end", "# no such thing\n no_auth_user: guest"),
    {
      what: "one in binaryData",
      resource: "config",
      change: ({ props }) => {
        props.binaryData = { "guest.conf": base64("no_auth_user: guest") };
      },
      says: /binaryData\["guest\.conf"\]/,
    },
    {
      what: "one in a Secret",
      resource: "auth",
      change: (auth) => setData(auth, "auth.conf", "no_auth_user: guest"),
      says: /data\["auth\.conf"\] is a NATS configuration with no_auth_user/,
    },
    {
      what: "one in a Secret's stringData",
      resource: "auth",
      change: ({ props }) => {
        props.stringData = { "guest.conf": "no_auth_user: guest" };
      },
      says: /stringData\["guest\.conf"\]/,
    },
    {
      what: "one in a patched ConfigMap",
      resource: "config",
      change: (config) => {
        config.type = "kubernetes:core/v1:ConfigMapPatch";
        config.props.data = { "nats.conf": "no_auth_user: guest" };
      },
      says: inConfig,
    },
    values(
      "one in a chart's values",
      ({ config }) => {
        config.merge.no_auth_user = "guest";
      },
      /Release "release": values\.config\.merge\.no_auth_user is "guest"; must not have/,
    ),
    values(
      "one in a patch of a chart's configuration",
      ({ config }) => {
        config.patch = [{ op: "add", path: "/no_auth_user", value: "guest" }];
      },
      /values\.config\.patch\[0\]\.path is a text with no_auth_user/,
    ),
    values(
      "one in a text of a chart's values",
      ({ config }) => {
        config.merge.$tplYamlSpread = "no_auth_user: guest";
      },
      /values\.config\.merge\["\$tplYamlSpread"\] is a text with no_auth_user/,
    ),
    {
      what: "one in the values of a chart of version 4 of the resource",
      resource: "release",
      change: (release) => {
        release.type = "kubernetes:helm.sh/v4:Chart";
        release.props.values.config.merge.no_auth_user = "guest";
      },
      says: /Chart "release"/,
    },
    {
      what: "one that a command writes",
      resource: "web",
      change: ({ props }) => {
        props.spec.template.spec.containers[0].args = ["sh", "-c", "echo 'no_auth_user: guest' >> /tmp/nats.conf"];
      },
      says: /containers\[0\]\.args\[2\] is a text with no_auth_user/,
    },
    {
      what: "one in a custom object",
      resource: "release",
      change: (release) => {
        release.type = "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease";
        release.props = {
          metadata: { name: "nats" },
          spec: { values: { config: { merge: { no_auth_user: "guest" } } } },
        };
      },
      says: /HelmRelease "nats": spec\.values\.config\.merge\.no_auth_user/,
    },
  ],
  allowed: [
    { ...line("one in a comment", "# no_auth_user: guest"), resource: "config" },
    {
      what: "an empty one in a chart's values, which is none",
      resource: "release",
      change: ({ props }) => {
        props.values.config.merge.no_auth_user = "";
      },
    },
  ],
  undecided: [
    {
      what: "a chart's configuration that is not known yet",
      resource: "release",
      change: ({ props }) => {
        props.values.config.merge = unknownText;
      },
      says: /merge/,
    },
    {
      what: "a configuration that is not known yet",
      resource: "config",
      change: ({ props }) => {
        props.data["nats.conf"] = unknownText;
      },
      says: /nats\.conf/,
    },
    {
      what: "data that is not known yet",
      resource: "auth",
      change: ({ props }) => {
        props.data = unknownText;
      },
      says: /data/,
    },
  ],
};
