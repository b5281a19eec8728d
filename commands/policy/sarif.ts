import { policies } from "../../policies/policies";
import type { StackReport, Violation } from "./check";

/**
 * The reports as SARIF 2.1.0, which code hosts show beside a change.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(reports: readonly StackReport[]): object {
  const rules = policies.map(({ name, description, reason, example, enforcementLevel }) => ({
    id: name,
    shortDescription: { text: description },
    fullDescription: { text: reason },
    help: { text: `Instead of\n  ${example.violation}\nwrite\n  ${example.fix}` },
    defaultConfiguration: { level: enforcementLevel === "mandatory" ? "error" : "warning" },
  }));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "nats-platform-policies", rules } },
        results: reports.flatMap(({ stack, violations, undecided }) => [
          ...violations.map((one) => result(stack, one, one.level === "mandatory" ? "error" : "warning")),
          ...undecided.map((one) => result(stack, one, "note")),
        ]),
        invocations: reports.map(({ stack, error }) => ({
          executionSuccessful: error === undefined,
          ...(error ? { exitCodeDescription: `${stack}: ${error}` } : {}),
        })),
      },
    ],
  };
}

function result(stack: string, { policy, message, urn }: Violation, level: "error" | "warning" | "note") {
  return {
    ruleId: policy,
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: `Pulumi.${stack}.yaml` }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
  };
}
