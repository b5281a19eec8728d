import type { Mutable, Mutation, PolicyCases } from "../support/cases";
import { accountJwt, base64, creds, identityStack, natsConf, seeds, setData, userJwt } from "../support/identity";
import { unknownText } from "../support/pack";

const container = ({ props }: Mutable) => props.spec.template.spec.containers[0];

/** A variable of the container that is the app. */
function variable(
  what: string,
  name: string,
  value: unknown,
  says = /env\[2\]\.value is a text with "[\w]+" written out/,
) {
  return {
    what,
    resource: "web",
    change: (web: Mutable) => container(web).env.push({ name, value }),
    says,
  };
}

function command(what: string, args: string[], says = /args\[\d\] is a text with "[\w-]+" written out; must hold no/) {
  return {
    what,
    resource: "web",
    change: (web: Mutable) => {
      container(web).args = args;
    },
    says,
  };
}

/** A further text in the ConfigMap. */
function text(what: string, key: string, value: string, says = /./): Mutation {
  return {
    what,
    resource: "config",
    change: ({ props }) => {
      props.data[key] = value;
    },
    says,
  };
}

function values(what: string, change: (values: Mutable["props"]) => void, says: RegExp): Mutation {
  return { what, resource: "release", change: ({ props }) => change(props.values), says };
}

/** A password of no one, made of what says so. */
const password = ["not", "a", "password"].join("-");
const withPassword = `nats://joe:${password}@nats:4222`;

export const cases: PolicyCases = {
  policy: "no-plain-credentials",
  compliant: identityStack(),
  config: { "no-plain-credentials": { allowedNames: ["CSRF_TOKEN_SALT"] } },
  mutations: [
    variable("a password in a variable", "NATS_PASSWORD", password),
    variable("a token in a variable", "API_TOKEN", password),
    variable("a secret in a variable", "CLIENT_SECRET_VALUE", password),
    variable("a password in lower case", "db_password", password),
    variable("a password that is a number", "NATS_PASSWORD", 123456),
    variable("a seed in a variable of any name", "ANYTHING", seeds.user, /a text with an NKey seed/),
    variable("a user's JWT", "ANYTHING", userJwt(), /a text with a JWT/),
    variable("creds in base64", "ANYTHING", base64(creds()), /a text with an NKey seed/),
    variable("an address with a password", "SERVERS", `nats://a:4222,${withPassword}`, /password in an address/),
    variable("an address with a token", "SERVERS", `nats://${password}@nats:4222`, /token in an address/),
    variable(
      "a password in an address of another kind",
      "DB",
      `postgres://joe:${password}@db/x`,
      /password in an address/,
    ),
    {
      what: "a password in a variable of an init container",
      resource: "web",
      change: ({ props }) => {
        const { spec } = props.spec.template;
        const [{ image, securityContext }] = spec.containers;
        const env = [{ name: "PASSWORD", value: password }];
        spec.initContainers = [{ name: "init", image, securityContext, env }];
      },
      says: /spec\.template\.spec\.initContainers\[0\]\.env\[0\]\.value/,
    },
    command("a password among the arguments", ["--user", "joe", "--password", password]),
    command("a password in an argument", [`--pass=${password}`]),
    command("a server's token", ["--auth", password]),
    command("a password in a script", ["sh", "-c", `nats --user joe --password "${password}" pub a b`]),
    command("a variable set in a script", ["sh", "-c", `NATS_PASSWORD=${password} nats pub a b`]),
    command("a seed in a script", ["sh", "-c", `echo ${seeds.account}`], /args\[2\] is a text with an NKey seed/),
    text(
      "a password as a ConfigMap's value",
      "NATS_PASSWORD",
      password,
      /data\.NATS_PASSWORD is a text with "NATS_PASSWORD"/,
    ),
    text("a seed in a ConfigMap", "key", `${seeds.operator}\n`, /data\.key is a text with an NKey seed/),
    text("creds in a ConfigMap", "nats.creds", creds(), /a text with an NKey seed/),
    text("a bearer's JWT in a ConfigMap", "conf", `default_sentinel: ${userJwt()}`, /a text with a JWT/),
    text("a password in YAML", "app.yaml", `nats:\n  user: joe\n  password: ${password}\n`, /password"? written out/),
    text("a password in JSON", "app.json", JSON.stringify({ user: "joe", password }), /password"? written out/),
    text("a password in a file of variables", "env", `A=1\nexport NATS_PASSWORD=${password}\n`, /"NATS_PASSWORD"/),
    {
      what: "creds in binaryData",
      resource: "config",
      change: ({ props }) => {
        props.binaryData = { creds: base64(creds()) };
      },
      says: /binaryData\.creds/,
    },
    text(
      "a cluster's password in a NATS configuration",
      "cluster.conf",
      `cluster { authorization { user route\n password ${password} } }`,
      /data\["cluster\.conf"\] is a NATS configuration with cluster\.authorization\.password written out/,
    ),
    text(
      "a password by a variable of the configuration itself",
      "cluster.conf",
      `PW: "${password}"\ncluster { authorization { user: route, password: $PW } }`,
      /cluster\.authorization\.password written out/,
    ),
    text(
      "JetStream's key",
      "jetstream.conf",
      `jetstream { cipher: aes, key: "${password}" }`,
      /with jetstream\.key written out/,
    ),
    text(
      "a route's password",
      "cluster.conf",
      `cluster { routes: [ "nats-route://joe:${password}@nats-0:6222" ] }`,
      /password in an address/,
    ),
    {
      what: "a password in a Secret's NATS configuration",
      resource: "auth",
      change: (secret) =>
        setData(secret, "cluster.conf", `cluster { authorization { user: route, password: ${password} } }`),
      says: /Secret "nats\/nats-auth": data\["cluster\.conf"\] is a NATS configuration with cluster\.authorization\.password/,
    },
    {
      what: "users with passwords in the servers' own configuration, as a workstation's may be",
      resource: "auth",
      change: (secret) =>
        setData(
          secret,
          "accounts.conf",
          "accounts { $SYS { users: [ { user: sys, password: sys } ] } NOETL { jetstream: enabled, users: [ { user: noetl, password: noetl } ] } }",
        ),
      says: /Secret "nats\/nats-auth": data\["accounts\.conf"\] is a NATS configuration with accounts\.\$sys\.users\.password written out/,
      others: ["user-permissions"],
    },
    {
      what: "a token in a Secret's NATS configuration, in a file of any name",
      resource: "auth",
      change: (secret) =>
        setData(secret, "main", `port: 4222\nmax_payload: 1MB\ncluster { authorization { token: ${password} } }`),
      says: /configuration with cluster\.authorization\.token written out/,
    },
    {
      what: "a seed in an annotation",
      resource: "creds",
      change: ({ props }) => {
        props.metadata.annotations = { note: seeds.user };
      },
      says: /metadata\.annotations\.note is a text with an NKey seed/,
    },
    {
      what: "a Secret as it was applied, in an annotation",
      resource: "creds",
      change: ({ props }) => {
        const key = "kubectl.kubernetes.io/last-applied-configuration";
        props.metadata.annotations = { [key]: JSON.stringify({ stringData: { creds: creds() } }) };
      },
      says: /annotations\["kubectl\.kubernetes\.io\/last-applied-configuration"\]/,
    },
    values(
      "a password in a chart's values",
      ({ config }) => {
        config.merge.cluster = { authorization: { user: "route", password } };
      },
      /Release "release": values\.config\.merge\.cluster\.authorization\.password is a text with "password"/,
    ),
    values(
      "a variable in a chart's values",
      ({ container: of }) => {
        of.env.NATS_PASSWORD = { value: password };
      },
      /values\.container\.env\.NATS_PASSWORD\.value/,
    ),
    values(
      "creds in a chart's values",
      ({ natsBox }) => {
        natsBox.contexts.default.creds = { contents: creds() };
      },
      /values\.natsBox\.contexts\.default\.creds\.contents/,
    ),
    {
      what: "a password in a custom object",
      resource: "release",
      change: (release) => {
        release.type = "kubernetes:example.com/v1:Bridge";
        release.props = { metadata: { name: "bridge" }, spec: { nats: { password } } };
      },
      says: /Bridge "bridge": spec\.nats\.password/,
    },
  ],
  allowed: [
    variable("the way to a file with a token", "OTHER_TOKEN_FILE", "/var/run/secrets/other/token"),
    variable("the way to creds", "NATS_CREDS", "/creds/nats.creds"),
    variable("the name of a Secret", "TOKEN_SECRET_NAME", "web"),
    variable("another variable", "NATS_PASSWORD", "$(PASSWORD)"),
    variable("an empty password", "NATS_PASSWORD", ""),
    variable("an operator's or account's JWT, which is public", "ACCOUNT_JWT", accountJwt()),
    variable("a public key", "SIGNING_TOKEN", `A${"B".repeat(55)}`),
    variable("a name that holds none, as declared", "CSRF_TOKEN_SALT", "x-csrf"),
    variable("an address whose password is another variable", "SERVERS", "nats://joe:$(PASSWORD)@nats:4222"),
    {
      what: "a password from a Secret",
      resource: "web",
      change: (web) => {
        const valueFrom = { secretKeyRef: { name: "web", key: "password" } };
        container(web).env.push({ name: "NATS_PASSWORD", valueFrom });
      },
    },
    command("a file among the arguments", ["--token-file", "/token", "--creds", "/creds/nats.creds"]),
    command("a password that the shell takes from a variable", ["sh", "-c", 'nats --password "$NATS_PASSWORD"']),
    text(
      "a password of the server's environment",
      "cluster.conf",
      "cluster { authorization { user: r, password: $PW } }",
    ),
    text(
      "a password of bcrypt's",
      "cluster.conf",
      `cluster { authorization { user: r, password: $2a$11$${"a".repeat(53)} } }`,
    ),
    text("a comment", "nats.conf", natsConf.replace('"http_port"', '# no password, no token\n"http_port"')),
    {
      what: "a password in another Secret",
      resource: "auth",
      change: (secret) => setData(secret, "password", password),
    },
    {
      what: "a Secret of something else than a server, with users and passwords",
      resource: "auth",
      change: (secret) => setData(secret, "app.json", JSON.stringify({ users: [{ user: "joe", password }], password })),
    },
  ],
  undecided: [
    {
      what: "a variable that is not known yet",
      resource: "web",
      change: (web) => container(web).env.push({ name: "ANYTHING", value: unknownText }),
      says: /env\[2\]\.value|env\.2\.value|value/,
    },
    {
      what: "a ConfigMap's text that is not known yet",
      resource: "config",
      change: ({ props }) => {
        props.data.other = unknownText;
      },
      says: /other/,
    },
    {
      what: "a chart's values that are not known yet",
      resource: "release",
      change: ({ props }) => {
        props.values = unknownText;
      },
      says: /values/,
    },
  ],
};
