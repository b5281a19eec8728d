import { markedTable } from "../marked-table";
import type { Correction, StackReport, Violation } from "./check";
import type { FieldChange } from "./differences";

/**
 * What the pack says of all stacks, for people: a table with a line for each stack, and below it what is wrong.
 * @param changes what the project's file says of policies
 */
export function formatReports(reports: readonly StackReport[], changes: readonly string[] = []): string {
  const titles = ["stack", "previewed from", "resources", "violations", "advice", "corrected", "cannot tell"];
  const rows = reports.map((report) => {
    const { stack, from, resources, violations, corrections, undecided, error } = report;
    const count = (level: Violation["level"]) => String(violations.filter((one) => one.level === level).length);
    const figures = error === undefined ? [String(resources), count("mandatory"), count("advisory")] : ["-", "-", "-"];
    const cells = [
      stack,
      from === "state" ? "its state" : "nothing",
      ...figures,
      ...[corrections, undecided].map(({ length }) => (error ? "-" : String(length))),
    ];
    return { mark: isClean(report) ? "✓" : "✗", cells };
  });
  const settings =
    changes.length === 0
      ? []
      : ["", "policy-config.json changes what they ask for:", ...changes.map((one) => `  ${one}`)];
  return `${[...markedTable(titles, rows), ...reports.flatMap(details), ...settings, summary(reports)].join("\n")}\n`;
}

/** Whether nothing that must hold does not, and the preview could be made. */
export function isClean({ error, violations }: StackReport): boolean {
  return error === undefined && !violations.some(({ level }) => level === "mandatory");
}

function details({ stack, violations, corrections, error }: StackReport): string[] {
  const mandatoryFirst = violations.toSorted((one, other) => other.level.localeCompare(one.level));
  return [
    ...(error === undefined ? [] : ["", `✗ ${stack}: no preview`, ...error.split("\n").map((text) => `  ${text}`)]),
    ...mandatoryFirst.flatMap(({ policy, level, message }) => [
      "",
      `${level === "mandatory" ? "✗" : "!"} ${stack}: ${policy} (${level})`,
      `  ${message}`,
    ]),
    ...corrections.flatMap((correction) => ["", ...correctionLines(stack, correction)]),
  ];
}

function correctionLines(stack: string, { policy, urn, changes }: Correction): string[] {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  const lines = changes.map(({ path, before, after }) => `  ${path} was ${shown(before)}, is ${shown(after)}`);
  return [`~ ${stack}: ${policy} (corrected)`, `  ${type.split("$").at(-1)} "${name}":`, ...lines];
}

function shown(value: FieldChange["before"]): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

function summary(reports: readonly StackReport[]): string {
  const broken = reports.filter(({ error }) => error !== undefined).length;
  const wrong = reports.filter((report) => !isClean(report)).length - broken;
  const undecided = reports.reduce((sum, report) => sum + report.undecided.length, 0);
  const open = undecided === 0 ? "" : `; ${undecided} times a policy cannot tell before the update (--json says where)`;
  const unseen =
    broken === 0 ? "" : `; ${broken} cannot be previewed, and nothing is said of ${broken === 1 ? "it" : "them"}`;
  return wrong + broken === 0
    ? `\nall ${reports.length} stacks hold what the policies ask for${open}`
    : `\n${wrong} of ${reports.length} stacks do not hold what the policies ask for${unseen}${open}`;
}
