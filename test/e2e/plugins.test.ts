import { chartTests } from "./plugins-chart";
import { lifecycleTests } from "./plugins-lifecycle";
import { readinessTests } from "./plugins-readiness";
import { Sandbox } from "./plugins-sandbox";
import { secretTests } from "./plugins-secrets";

describe("plugins", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await Sandbox.open();
  });
  after(() => sandbox?.close());

  describe("lifecycle of objects", () => lifecycleTests(() => sandbox));
  describe("readiness", () => readinessTests(() => sandbox));
  describe("secrets and random values", () => secretTests(() => sandbox));
  describe("charts", () => chartTests(() => sandbox));
});
