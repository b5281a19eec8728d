import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Pulumi from "@pulumi/pulumi";
import { appsOf, type CalloutCode } from "./apps";
import type { ProgramFacts, ProgramRequest, RegisteredResource, StackFacts, StackRequest } from "./facts";
import { standInOutputs } from "./stand-ins";

/** Pulumi calls it so where a backend has no organizations. */
const organization = "organization";

type Outputs = Readonly<Record<string, unknown>>;

/** Everything of the side's own: its program, and the very Pulumi that the program is built on. */
interface Side {
  readonly pulumi: typeof Pulumi;
  runStack(): Promise<Outputs>;
}

/**
 * Runs the stacks of a program one after the other, without an engine, and says what they registered. Providers' answers are stand-ins; tenants' stacks
 * are told what their environment's stack returned.
 * @throws Error if the program is none: it has no `runStack` in stacks/index.ts
 */
export async function runProgram({ root, project, stacks }: ProgramRequest): Promise<ProgramFacts> {
  const load = createRequire(join(root, "package.json"));
  const side: Side = { pulumi: load("@pulumi/pulumi"), runStack: stackRunner(load) };
  const outputs = new Map<string, Outputs>();
  const facts: StackFacts[] = [];
  for (const stack of stacks) facts.push(await runOne(side, project, stack, outputs));
  const callout = calloutCode(load);
  return {
    stacks: facts,
    apps: callout ? appsOf(facts, callout) : [],
    gaps: callout ? [] : ["there is no authorization callout in this version: what apps may do is not compared"],
  };
}

function stackRunner(load: NodeJS.Require): Side["runStack"] {
  const { runStack } = loadIfThere(load, "./stacks") as Partial<Side>;
  if (typeof runStack === "function") return runStack;
  throw new Error("there is no function runStack in stacks/index.ts: the version is too old to be evaluated");
}

function calloutCode(load: NodeJS.Require): CalloutCode | undefined {
  const service = "./services/auth-callout";
  const code = {
    ...loadIfThere(load, `${service}/permissions`),
    ...loadIfThere(load, `${service}/decide`),
    ...loadIfThere(load, `${service}/kubernetes/app-signer`),
  } as Partial<CalloutCode>;
  return code.appPermissions && code.tenantOf && code.readAppSigner ? (code as CalloutCode) : undefined;
}

/** A module of the side, empty if the side has none of that name. */
function loadIfThere(load: NodeJS.Require, module: string): object {
  try {
    load.resolve(module);
  } catch {
    return {};
  }
  return load(module);
}

async function runOne(
  { pulumi, runStack }: Side,
  project: string,
  { name, environment, config }: StackRequest,
  outputs: Map<string, Outputs>,
): Promise<StackFacts> {
  const resources: RegisteredResource[] = [];
  pulumi.runtime.setMocks(
    {
      newResource({ type, name: resource, inputs, id }) {
        if (type === "pulumi:pulumi:StackReference") return { id: resource, state: referenced(outputs, inputs, name) };
        // An object that is there already: nothing is known of it.
        if (id) return { id, state: {} };
        resources.push({ type, name: resource, inputs: unwrapped(inputs) as Outputs });
        return { id: `${resource}-id`, state: { ...inputs, ...standInOutputs(name, type, resource, inputs) } };
      },
      call({ token }) {
        throw new Error(`the program asks a provider for ${token}, and there is none here to answer`);
      },
    },
    project,
    name,
    false,
    organization,
  );
  pulumi.runtime.setAllConfig({ ...config });
  const failed = new FirstRejection();
  try {
    const made = await Promise.race([finished(pulumi, runStack), failed.promise]);
    outputs.set(name, made);
    return { name, environment, resources };
  } catch (error) {
    return { name, environment, resources: [], error: error instanceof Error ? error.message : String(error) };
  } finally {
    failed.stop();
  }
}

async function finished(pulumi: typeof Pulumi, runStack: Side["runStack"]): Promise<Outputs> {
  const made = await runStack();
  // Once it is through, everything is registered.
  await pulumi.runtime.disconnect();
  return new Promise((resolve) => {
    pulumi.output(made).apply((values) => resolve(values as Outputs));
  });
}

function referenced(outputs: ReadonlyMap<string, Outputs>, { name }: Outputs, self: string): Outputs {
  const stack = String(name).split("/").at(-1) ?? "";
  const known = outputs.get(stack);
  if (known) return { name, outputs: known, secretOutputNames: ["operatorSigningSeed"] };
  if (stack === self) return { name, outputs: {}, secretOutputNames: [] };
  throw new Error(`its environment "${stack}" could not be evaluated, or has no file Pulumi.${stack}.yaml`);
}

/** By this key Pulumi marks a value as secret, around it. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** Values without the marks of those that are secret. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unwrapped);
  const map = value as Readonly<Record<string, unknown>>;
  if (secretMark in map) return unwrapped(map.value);
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, unwrapped(one)]));
}

/** What goes wrong where Pulumi alone waits for it: it would be told to nobody, and the program never end. */
class FirstRejection {
  readonly promise: Promise<never>;
  private readonly stopped: () => void;

  constructor() {
    let listener: (reason: unknown) => void = () => {};
    this.promise = new Promise((_, reject) => {
      listener = reject;
    });
    // Nobody may be waiting any more when it comes.
    this.promise.catch(() => {});
    process.on("unhandledRejection", listener);
    this.stopped = () => process.off("unhandledRejection", listener);
  }

  stop(): void {
    this.stopped();
  }
}
