import { CommandError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { saidBy } from "../pulumi-cli";
import { differences, type FieldChange } from "./differences";
import type { ProjectStack } from "./stacks";

/** A policy that does not hold. */
export interface Violation {
  readonly policy: string;
  readonly level: "mandatory" | "advisory";
  readonly severity: string;
  readonly urn: string;
  readonly message: string;
}

/** What a policy at level `remediate` made of a resource. */
export interface Correction {
  readonly policy: string;
  readonly urn: string;
  /** Fields that are otherwise than the program has them. */
  readonly changes: readonly FieldChange[];
}

/** What the pack says of one stack. */
export interface StackReport {
  readonly stack: string;
  /** What the preview started from: the stack as it is, or nothing, where there is no such stack or no cluster. */
  readonly from: "state" | "nothing";
  /** Resources that the preview had. */
  readonly resources: number;
  readonly violations: readonly Violation[];
  /** What policies at level `remediate` correct by themselves, in this preview and in an update alike. */
  readonly corrections: readonly Correction[];
  /** What policies could not tell, because it is not known before the update. */
  readonly undecided: readonly Violation[];
  /** Why there was no preview; the pack has said nothing of the stack then. */
  readonly error?: string;
  readonly seconds: number;
}

/** What previews are made with. */
export interface PackOptions {
  /** Folder of the pack. */
  readonly pack: string;
  /** File with its settings. */
  readonly config: string;
}

/** Previews a stack with the pack. It never throws for what the stack or the pack say. */
export async function checkStack(
  { name }: ProjectStack,
  from: StackReport["from"],
  open: () => Promise<Stack>,
  { pack, config }: PackOptions,
): Promise<StackReport> {
  const began = performance.now();
  const collected = new Collected();
  const error = await open()
    .then((stack) =>
      stack.preview({
        policyPacks: [pack],
        policyPackConfigs: [config],
        onEvent: (event) => collected.take(event),
        onError: () => {},
      }),
    )
    .then(
      () => undefined,
      (thrown: unknown) => collected.problem(thrown),
    );
  const { resources, violations, corrections, undecided } = collected;
  const seconds = (performance.now() - began) / 1_000;
  return { stack: name, from, resources, violations, corrections, undecided, ...(error ? { error } : {}), seconds };
}

/** An event that the Automation API hands on, and has no type of. */
interface RemediationEvent {
  readonly policyRemediationEvent?: {
    readonly policyName: string;
    readonly resourceUrn?: string;
    readonly before?: Readonly<Record<string, unknown>>;
    readonly after?: Readonly<Record<string, unknown>>;
  };
}

/** What the engine tells while it previews. */
class Collected {
  readonly violations: Violation[] = [];
  readonly undecided: Violation[] = [];
  readonly corrections: Correction[] = [];
  private readonly errors: string[] = [];
  resources = 0;

  take({
    policyEvent,
    diagnosticEvent,
    resourcePreEvent,
    policyRemediationEvent,
  }: EngineEvent & RemediationEvent): void {
    if (resourcePreEvent) this.resources += 1;
    if (diagnosticEvent?.severity === "error") this.errors.push(diagnosticEvent.message.trim());
    if (policyRemediationEvent) {
      const { policyName: policy, resourceUrn: urn = "", before, after } = policyRemediationEvent;
      this.corrections.push({ policy, urn, changes: differences(before, after) });
    }
    if (!policyEvent) return;
    const { policyName, enforcementLevel, resourceUrn = "", message } = policyEvent;
    const { severity = "" } = policyEvent as { severity?: string };
    const level = enforcementLevel === "mandatory" ? "mandatory" : "advisory";
    // The library puts the policy's description in a line before what it says.
    const said = message.trim().split("\n").at(-1) ?? "";
    const isUndecided = /^can't run policy /.test(said);
    (isUndecided ? this.undecided : this.violations).push({
      policy: policyName,
      level,
      severity,
      urn: resourceUrn,
      message: said,
    });
  }

  /** Why a preview failed; undefined if it did because of what the pack found, which is told already. */
  problem(thrown: unknown): string | undefined {
    if (!(thrown instanceof CommandError)) return thrown instanceof Error ? thrown.message : String(thrown);
    const errors = [...new Set(this.errors)].filter((error) => error !== "" && error !== "preview failed");
    if (errors.length > 0) return errors.join("\n");
    if (this.violations.some(({ level }) => level === "mandatory")) return undefined;
    return saidBy(thrown);
  }
}
