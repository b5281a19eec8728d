import assert from "node:assert/strict";
import { environmentSettings } from "../../../commands/policy/environment-settings";
import { workstationSettings } from "../../../commands/policy/workstation-settings";
import { stackValues } from "../../../commands/target";
import { Workstation } from "../../../components/workstation/workstation";
import { workstationArgs } from "../../../stacks/workstation-args";
import { parseWorkstationConfig } from "../../../stacks/workstation-config";
import { recordResources, settled } from "../support/mocks";
import { Pack, type PackConfig, type Resource } from "./support/pack";
import { chartObjects } from "./support/platform";

const values = stackValues("workstation");
const namespace = "nats-workstation";

/** Configuration of the repository's workstation, with that kind of logins. */
function configuration(auth: "jwt" | "static"): Record<string, unknown> {
  return { ...values, workstation: { ...(values.workstation as object), auth } };
}

/** All that such a workstation makes. */
async function resources(auth: "jwt" | "static"): Promise<Resource[]> {
  const registered = recordResources();
  new Workstation("workstation", workstationArgs(parseWorkstationConfig(configuration(auth))));
  await settled();
  const own = registered.filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Chart"));
  return [
    ...own.map(({ type, name, inputs }) => ({ type, name, props: inputs })),
    ...chartObjects("workstation", namespace),
  ];
}

describe("policies on a workstation", function () {
  this.timeout(60_000);
  let pack: Pack;
  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  const refusals = async (auth: "jwt" | "static", settings: PackConfig) => {
    const said = await pack.analyze(await resources(auth), settings);
    return said.filter(({ level }) => level === "mandatory");
  };

  for (const auth of ["jwt", "static"] as const) {
    it(`say nothing of one with auth ${auth} that they are told of`, async () => {
      assert.deepEqual(await refusals(auth, workstationSettings(configuration(auth))), []);
    });
  }

  it("refuse passwords where they are told of creds", async () => {
    const said = await refusals("static", workstationSettings(configuration("jwt")));
    assert.deepEqual([...new Set(said.map(({ policy }) => policy))], ["no-plain-credentials"]);
    assert.match(
      said[0]?.message ?? "",
      /^Secret "nats-workstation\/nats-auth": data\["auth\.conf"\] is a NATS configuration with accounts\.\$sys\.users\.password written out/,
    );
  });

  it("refuse passwords, one server and open ports in an environment, whatever its objects' labels", async () => {
    const settings = environmentSettings({ namespace });
    const policies = async (auth: "jwt" | "static") => [
      ...new Set((await refusals(auth, settings)).map(({ policy }) => policy)),
    ];
    const both = ["jetstream-replicas", "platform-clients", "platform-replicas", "user-permissions"];
    assert.deepEqual(await policies("static"), [...both, "no-plain-credentials"].toSorted());
    assert.deepEqual(await policies("jwt"), [...both, "resolver-full"].toSorted());
  });

  it("allow nothing of what they cannot read", () => {
    const settings = workstationSettings({ workstation: { auth: "none", accounts: { A: { users: "everybody" } } } });
    assert.deepEqual(settings["no-plain-credentials"], { passwordsInSecrets: false });
    assert.deepEqual(settings["user-permissions"], { declared: ["sys"] });
  });
});
