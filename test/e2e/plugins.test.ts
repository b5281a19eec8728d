import { lifecycleTests } from "./plugins-lifecycle";
import { Sandbox } from "./plugins-sandbox";

describe("plugins", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await Sandbox.open();
  });
  after(() => sandbox.close());

  describe("kubernetes: lifecycle of objects", () => lifecycleTests(() => sandbox));
});
