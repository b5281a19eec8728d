import assert from "node:assert/strict";
import { newKey, TestOperator } from "../../../local/world/identity";
import { createLog, messageOf, redact } from "../../../services/log";

const operator = new TestOperator();
const account = operator.account("tenant-acme");

describe("account-sync's log", () => {
  it("writes a line of JSON with time, level, message and fields", () => {
    const lines: string[] = [];
    createLog((line) => lines.push(line)).warn("it broke", { server: "nats-0", count: 2, nothing: undefined });
    const { time, ...rest } = JSON.parse(lines[0] ?? "");
    assert.deepEqual(rest, { level: "warn", message: "it broke", server: "nats-0", count: 2 });
    assert.ok(Math.abs(new Date(time).getTime() - Date.now()) < 5_000);
  });

  const secrets: Record<string, string> = {
    "an account's JWT": account.jwt(),
    "an order to delete": account.deleteJwt(),
    "an account's JWT as a Secret holds it": Buffer.from(account.jwt()).toString("base64"),
    "an operator's seed": newKey("operator").seed,
    "an account's seed": newKey("account").seed,
    creds: operator.accountSync().creds,
  };

  for (const [what, secret] of Object.entries(secrets)) {
    it(`never writes ${what}, wherever it stands`, () => {
      const lines: string[] = [];
      const log = createLog((line) => lines.push(line));
      log.error(`refused: ${secret}`, { reason: `because of ${secret}.`, [secret]: "as a key", list: [secret, "x"] });
      for (const part of secret.split(/[\s.]+/).filter((text) => /^[\w+/=-]{40,}$/.test(text))) {
        assert.ok(!lines[0]?.includes(part), `${part} is in ${lines[0]}`);
      }
      assert.ok(JSON.parse(lines[0] ?? "").message.startsWith("refused: "));
    });
  }

  it("leaves public keys and digests as they are", () => {
    const text = `${account.id} ${operator.signingKey.publicKey} ${"0123456789abcdef".repeat(4)} nats-account-tenant-acme`;
    assert.equal(redact(text), text);
  });

  it("makes one line of an error", () => {
    assert.equal(messageOf(new Error("first\n  second")), "first   second");
    assert.equal(messageOf("text"), "text");
  });
});
