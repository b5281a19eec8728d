import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureTools } from "../../local/tools";
import { PolicyEngine } from "./policy-engine";

/** A small program that tries to get past a policy. */
interface Evasion {
  readonly refusedBy: string;
  readonly program: () => void;
}

const folder = join(__dirname, "evasions");
const evasions = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, ...(require(join(folder, name)) as Evasion) }));

describe("the policy pack, run by Pulumi's engine", function () {
  this.timeout(120_000);
  const engine = new PolicyEngine();

  before(() => ensureTools(["pulumi"]));
  after(() => engine.remove());

  for (const { name, refusedBy, program } of evasions) {
    it(`refuses ${name}: ${refusedBy}`, () => engine.assertSpeaks(refusedBy, name, program));
  }
});
