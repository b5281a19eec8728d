import assert from "node:assert/strict";
import type { StreamConfig } from "@nats-io/jetstream";
import type { AccountInfo } from "../../../../../commands/ctl/backup/api";
import { roomProblems } from "../../../../../commands/ctl/backup/room";

const config = (more: object = {}) =>
  ({ name: "S", storage: "file", num_replicas: 1, max_bytes: -1, ...more }) as StreamConfig;

const account = (more: object = {}): AccountInfo => ({
  memory: 0,
  storage: 600,
  reserved_memory: 0,
  reserved_storage: 0,
  streams: 2,
  limits: { max_memory: 100, max_storage: 1_000, max_streams: 3 },
  ...more,
});

describe("room for a restore", () => {
  it("is what the account's limit leaves", () => {
    assert.deepEqual(roomProblems(account(), [{ config: config(), bytes: 400 }]), []);
    const says = ["401 bytes on disk are needed, 400 of 1000 are left"];
    assert.deepEqual(roomProblems(account(), [{ config: config(), bytes: 401 }]), says);
  });

  it("counts every replica", () => {
    const says = ["600 bytes on disk are needed, 400 of 1000 are left"];
    assert.deepEqual(roomProblems(account(), [{ config: config({ num_replicas: 3 }), bytes: 200 }]), says);
  });

  it("counts none where limits are by number of replicas", () => {
    const limits = { max_memory: 0, max_storage: 300, max_streams: -1 };
    const tiers = { R3: { memory: 0, storage: 100, streams: 1, limits } };
    const newcomer = (bytes: number) => [{ config: config({ num_replicas: 3 }), bytes }];
    assert.deepEqual(roomProblems(account({ tiers }), newcomer(200)), []);
    const says = ["201 bytes on disk for streams of R3 are needed, 200 of 300 are left"];
    assert.deepEqual(roomProblems(account({ tiers }), newcomer(201)), says);
  });

  it("is what is freed, too, where a stream is replaced", () => {
    const former = { config: config(), bytes: 500 };
    assert.deepEqual(roomProblems(account({ streams: 3 }), [{ config: config(), bytes: 900, former }]), []);
    assert.equal(roomProblems(account({ streams: 3 }), [{ config: config(), bytes: 901, former }]).length, 1);
  });

  it("is reserved by streams with a size", () => {
    const sized = { config: config({ max_bytes: 700 }), bytes: 1 };
    assert.deepEqual(roomProblems(account(), [sized]), []);
    const says = ["1050 bytes on disk would be reserved by max_bytes of streams, 1000 may be"];
    assert.deepEqual(roomProblems(account({ reserved_storage: 350 }), [sized]), says);
  });

  it("is bounded by the number of streams, and by nothing without limits", () => {
    const two = [1, 2].map((bytes) => ({ config: config(), bytes }));
    assert.deepEqual(roomProblems(account(), two), ["2 more streams are needed, 1 of 3 are left"]);
    const limits = { max_memory: -1, max_storage: -1, max_streams: -1 };
    assert.deepEqual(roomProblems(account({ limits }), [{ config: config(), bytes: 1e15 }]), []);
  });
});
