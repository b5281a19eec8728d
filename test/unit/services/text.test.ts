import assert from "node:assert/strict";
import { describeError, oneLine } from "../../../services/text";

describe("oneLine", () => {
  it("masks seeds, JWTs and creds, whatever surrounds them", () => {
    const seed = `SU${"A".repeat(56)}`;
    const jwt = `eyJ${"hbGciOiJlZDI1NTE5"}.eyJqdGkiOiJYWVoifQ.c2ln-_A`;
    assert.equal(oneLine(`x ${seed} y`), "x S*** y");
    assert.equal(oneLine(`jwt="${jwt}"`), 'jwt="eyJ***"');
  });

  it("leaves public keys and ordinary words alone", () => {
    const account = `A${"B".repeat(55)}`;
    assert.equal(oneLine(`${account} SERVER SUBJECT`), `${account} SERVER SUBJECT`);
  });

  it("makes one line of several, and takes terminal codes out", () => {
    assert.equal(oneLine("one\n two\u001b[31m "), "one  two [31m");
  });

  it("cuts what is endless", () => {
    const cut = oneLine("x".repeat(10_000));
    assert.equal(cut.length, 400);
    assert.ok(cut.endsWith("…"));
  });
});

describe("describeError", () => {
  it("never gives an empty text", () => {
    assert.equal(describeError(new Error("why")), "why");
    assert.equal(describeError(new TypeError("")), "TypeError");
    assert.equal(describeError(new AggregateError([new Error("a"), new Error("b")], "")), "a; b");
    assert.equal(describeError("text"), "text");
  });
});
