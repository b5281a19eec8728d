import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { eventLines } from "../../../commands/pulumi-events";

const urn = (type: string, name: string) => `urn:pulumi:dev::nats-platform::${type}::${name}`;
const step = (op: string, type: string, name: string) => ({ metadata: { op, type, urn: urn(type, name) } });
const secret = "kubernetes:core/v1:Secret";

/** Lines that events make, each event a second and a half after the one before. */
function told(events: object[]): string[] {
  let clock = 0;
  const lines = eventLines(() => clock);
  return events.flatMap((event) => {
    clock += 1_500;
    return lines(event as EngineEvent);
  });
}

describe("what a person sees of a Pulumi operation", () => {
  it("is what changes, not what stays, is refreshed, or is a component", () => {
    const events = [
      { resourcePreEvent: step("create", secret, "a") },
      { resourcePreEvent: step("same", secret, "b") },
      { resourcePreEvent: step("refresh", secret, "c") },
      { resourcePreEvent: step("create", "nats-platform:platform:Platform", "platform") },
      { resourcePreEvent: step("delete-replaced", "kubernetes:batch/v1:Job", "d") },
    ];
    assert.deepEqual(told(events), ["  creating Secret a", "  deleting the former Job d"]);
  });

  it("is the end of what took long", () => {
    const [pre, out] = [step("update", secret, "slow"), step("update", secret, "slow")];
    const between = { resourcePreEvent: step("same", secret, "b") };
    assert.deepEqual(told([{ resourcePreEvent: pre }, { resOutputsEvent: out }]), ["  updating Secret slow"]);
    assert.deepEqual(told([{ resourcePreEvent: pre }, between, { resOutputsEvent: out }]), [
      "  updating Secret slow",
      "  Secret slow done after 3.0 s",
    ]);
  });

  it("is what goes wrong, with the resource it is about, and not where a plugin comes from", () => {
    const diagnostic = (severity: string, message: string, about?: string) => ({
      diagnosticEvent: { severity, message, ...(about ? { urn: about } : {}) },
    });
    const events = [
      diagnostic("error", "<{%fg 1%}>denied<{%reset%}>\n", urn(secret, "a")),
      diagnostic("error", "wrong configuration", urn("pulumi:pulumi:Stack", "s")),
      // Pulumi tells it twice.
      diagnostic("error", "wrong configuration", urn("pulumi:pulumi:Stack", "s")),
      diagnostic("warning", "using pulumi-resource-random from $PATH at /x", urn("pulumi:pulumi:Stack", "s")),
      diagnostic("debug", "noise"),
    ];
    assert.deepEqual(told(events), ["  error: a: denied", "  error: wrong configuration"]);
  });

  it("ends with the sum", () => {
    const sum = (resourceChanges: object) => told([{ summaryEvent: { resourceChanges, durationSeconds: 7 } }]);
    assert.deepEqual(sum({ create: 2, same: 70, update: 0 }), ["2 create, 70 unchanged in 7 s"]);
    assert.deepEqual(sum({}), ["nothing to do in 7 s"]);
  });
});
