import { CommandError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { saidBy } from "../workspace";
import type { ProjectStack } from "./stacks";

/** A policy that does not hold. */
export interface Violation {
  readonly policy: string;
  readonly level: "mandatory" | "advisory";
  readonly severity: string;
  readonly urn: string;
  readonly message: string;
}

/** What the pack says of one stack. */
export interface StackReport {
  readonly stack: string;
  /** What the preview started from: the stack as it is, or nothing, where there is no such stack or no cluster. */
  readonly from: "state" | "nothing";
  /** Resources that the preview had. */
  readonly resources: number;
  readonly violations: readonly Violation[];
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
  const { resources, violations, undecided } = collected;
  const seconds = (performance.now() - began) / 1_000;
  return { stack: name, from, resources, violations, undecided, ...(error ? { error } : {}), seconds };
}

/** What the engine tells while it previews. */
class Collected {
  readonly violations: Violation[] = [];
  readonly undecided: Violation[] = [];
  private readonly errors: string[] = [];
  resources = 0;

  take({ policyEvent, diagnosticEvent, resourcePreEvent }: EngineEvent): void {
    if (resourcePreEvent) this.resources += 1;
    if (diagnosticEvent?.severity === "error") this.errors.push(diagnosticEvent.message.trim());
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
