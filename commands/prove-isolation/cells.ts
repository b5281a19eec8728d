import type { Answer, Observed } from "../../services/isolation-probe/contract";
import { whatToLookAt } from "./remedies";

/** Parts of the proof, in the order of the report. */
export const parts = ["network", "accounts", "logins"] as const;

/** One of {@link parts}: who reaches which port; what crosses between accounts of the platform; which server takes which creds. */
export type Part = (typeof parts)[number];

/** One question of the proof, and the answer it should have. */
export interface PlannedCell {
  readonly part: Part;
  /** Who asks. */
  readonly row: string;
  /** Who is asked: a Service, a tenant. */
  readonly target: string;
  /** What is asked: `4222`, `stream`, `login`. */
  readonly question: string;
  /** Where, if the target has several addresses: `service`, or the name of a pod. */
  readonly address?: string;
  /** Tenant that the target belongs to; undefined: the platform. */
  readonly tenant?: string;
  readonly expected: Observed;
  /** Name of the probe that asks. */
  readonly probe: string;
  /** Id of its answer. */
  readonly answer: string;
  /** Id of the witness's answer without which `isolated` proves nothing. */
  readonly witness?: string;
}

/** A question with its answer. */
export interface Cell {
  readonly part: Part;
  readonly row: string;
  readonly target: string;
  readonly question: string;
  readonly address?: string;
  readonly expected: Observed;
  /** `not run`: its probe has ended without an answer. */
  readonly observed: Observed | "not run";
  readonly ok: boolean;
  /** What was seen. */
  readonly detail: string;
  /** For one that is not ok: what to look at. */
  readonly look?: string;
}

/** What came of one probe. */
export interface ProbeOutcome {
  /** By id. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Why it did not start, or broke off. */
  readonly failure?: string;
}

/**
 * Answers put beside their questions.
 * @param outcomes by name of the probe
 * @param witnessed what the witness said
 */
export function judge(
  planned: readonly PlannedCell[],
  outcomes: ReadonlyMap<string, ProbeOutcome>,
  witnessed: ProbeOutcome | undefined,
  namespaces: { readonly platform: string; readonly tenants: string },
): Cell[] {
  return planned.map((cell) => {
    const { observed, detail } = witnessedAnswer(cell, outcomes.get(cell.probe), witnessed);
    const { part, row, target, question, address, expected } = cell;
    const ok = observed === expected || observed === "skipped";
    const look = ok ? undefined : whatToLookAt({ ...cell, observed }, namespaces);
    return {
      part,
      row,
      target,
      question,
      ...(address ? { address } : {}),
      expected,
      observed,
      ok,
      detail,
      ...(look ? { look } : {}),
    };
  });
}

function witnessedAnswer(
  { answer: id, witness }: PlannedCell,
  outcome: ProbeOutcome | undefined,
  witnessed: ProbeOutcome | undefined,
): Pick<Cell, "observed" | "detail"> {
  const answer = outcome?.answers.get(id);
  if (!answer) return { observed: "not run", detail: outcome?.failure ?? "the probe ended without an answer" };
  if (witness === undefined || answer.observed !== "isolated") return answer;
  const control = witnessed?.answers.get(witness);
  if (control?.observed === "heard") return { ...answer, detail: `${answer.detail}; ${control.detail}` };
  const why = control?.detail ?? witnessed?.failure ?? "the system account heard nothing of it either";
  return { observed: "unknown", detail: `${answer.detail}, but ${why}` };
}
