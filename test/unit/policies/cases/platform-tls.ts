import type { PolicyCases } from "../support/cases";
import { remove, replace, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";

const config = "ConfigMap/nats-config";
const conf = ["data", "nats.conf"] as const;

/** The configuration without TLS of a section. */
function without(section: string) {
  return replace(conf, new RegExp(`("${section}": \\{[^{}]*), *\\n *"tls": \\{[^}]*\\}`), "$1");
}

const noTls = (who: string) =>
  new RegExp(`data\\["nats\\.conf"\\] is a configuration with no tls for ${who}; must have TLS on every port`);

export const cases: PolicyCases = {
  policy: "platform-tls",
  compliant: platform(),
  config: production,
  mutations: [
    {
      what: "clients in the clear",
      resource: config,
      change: replace(conf, /,\s*"tls": \{[^}]*\}\s*\}\s*$/, "\n}\n"),
      says: noTls("clients"),
    },
    {
      what: "routes in the clear",
      resource: config,
      change: without("cluster"),
      says: noTls("routes between servers"),
    },
    { what: "leaf nodes in the clear", resource: config, change: without("leafnodes"), says: noTls("leaf nodes") },
    {
      what: "clients that may do without",
      resource: config,
      change: replace(conf, '"port": 4222', '"port": 4222, ALLOW_NON_TLS = yes'),
      says: /allow_non_tls/,
    },
    {
      what: "TLS that is taken back further down",
      resource: config,
      change: replace(conf, /\}\s*$/, "tls {} # nothing\n}\n"),
      says: noTls("clients"),
    },
    {
      what: "TLS in a comment",
      resource: config,
      change: set(conf, "port: 4222 // tls { cert_file: a }\n# tls { cert_file: a }\n"),
      says: noTls("clients"),
    },
    {
      what: "routes that take any certificate",
      resource: config,
      change: replace(conf, '"ca_file": "/etc/nats-ca-cert/ca.crt"', "insecure: true"),
      says: /insecure tls for routes/,
    },
    {
      what: "WebSocket in the clear",
      resource: config,
      change: replace(conf, '"port": 4222', '"port": 4222; websocket { port: 443, no_tls: true }'),
      says: /no tls for clients by WebSocket, no_tls for clients by WebSocket/,
    },
    {
      what: "a configuration that is none",
      resource: config,
      change: set(conf, "{ port: 4222"),
      says: noTls("clients"),
    },
    {
      what: "a configuration in a Secret with the chart's labels",
      resource: "Secret/nats-account-platform",
      change: ({ props }) => {
        props.metadata.labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "nats" };
        props.data = { "nats.conf": Buffer.from("port: 4222").toString("base64") };
      },
      says: /data\["nats\.conf"\] is a configuration with no tls for clients/,
    },
  ],
  allowed: [
    {
      what: "the same, written otherwise",
      resource: config,
      change: set(
        conf,
        "PORT = 4222\nTLS { cert_file '/a' key_file \"/b\" }\nleaf: { remotes: [ { url: 'tls://x:7422' } ] }\n",
      ),
    },
    {
      what: "no cluster and no leaf nodes",
      resource: config,
      change: set(conf, "port: 4222; tls: { cert_file: /a; key_file: /b }"),
    },
    { what: "no configuration at all", resource: config, change: remove(["data"]) },
    { what: "a part that is included", resource: config, change: set(["data", "auth.conf"], "operator: abc\n") },
  ],
  undecided: [
    {
      what: "a configuration that is not known yet",
      resource: config,
      change: set(conf, unknownText),
      says: /nats\.conf/,
    },
  ],
};
