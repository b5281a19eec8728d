import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streamConfig } from "../../../../components/platform/bucket-config";
import { bucketFiles } from "../../../../components/platform/bucket-files";
import { type Stream, teamStreamConfig } from "../../../../components/platform/stream-config";

const bucket = { name: "orders", ttlSeconds: 900, maxBytes: 1024, replicas: 3, history: 1 };

/** A `nats` that answers the n-th request of a kind with the n-th line of the kind's file, the last one for ever; the line TIMEOUT is a time-out. */
const fakeNats = `#!/bin/sh
for word; do case $word in '$JS.API.'*) subject=$word ;; esac; done
kind=$(echo "$subject" | cut -d. -f3-4); [ "$kind" = INFO ] && { echo '{"limits":{}}'; exit 0; }
echo "$kind" >> "$FAKE/asked"
count=$(grep -c "^$kind$" "$FAKE/asked"); lines=$(wc -l < "$FAKE/$kind")
[ "$count" -le "$lines" ] || count=$lines
line=$(sed -n "\${count}p" "$FAKE/$kind")
[ "$line" = TIMEOUT ] && { echo "nats: error: no answer" >&2; exit 1; }
echo "$line"
`;

const answer = (fields: object) => JSON.stringify({ type: "io.nats.jetstream.api.v1.stream_info_response", ...fields });
const error = (code: number, errCode: number) => answer({ error: { code, err_code: errCode, description: "no" } });
const stored = (messages: number, ttlSeconds: number) =>
  answer({ config: streamConfig({ ...bucket, ttlSeconds }), state: { messages, bytes: 100 } });
const done = answer({ config: {}, did_create: true });

interface Answers {
  readonly INFO: readonly string[];
  readonly CREATE?: readonly string[];
  readonly UPDATE?: readonly string[];
}

/** Runs the script against canned answers, its minute of patience cut short. */
function run(
  shell: readonly [string, ...string[]],
  answers: Answers,
  patienceSeconds = 1,
  files = bucketFiles([bucket]),
) {
  const folder = mkdtempSync(join(tmpdir(), "nats-buckets-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(
        join(folder, name),
        text.replace("/buckets/", `${folder}/`).replace("wait_until 60", `wait_until ${patienceSeconds}`),
      );
    }
    for (const [kind, lines] of Object.entries(answers)) {
      writeFileSync(join(folder, `STREAM.${kind}`), `${lines.join("\n")}\n`);
    }
    writeFileSync(join(folder, "nats"), fakeNats, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env.PATH}`, FAKE: folder, NATS_URL: "nats://nowhere" };
    const [command, ...args] = shell;
    const { status, stdout, stderr } = spawnSync(command, [...args, join(folder, "apply.sh")], {
      env,
      encoding: "utf8",
    });
    const asked = existsSync(join(folder, "asked"))
      ? readFileSync(join(folder, "asked"), "utf8").trim().split("\n")
      : [];
    return { status, output: stdout + stderr, asked };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// nats-box has busybox; where there is none, any POSIX shell shows most of it.
const shells: [string, ...string[]][] = spawnSync("busybox", ["true"]).error ? [["sh"]] : [["sh"], ["busybox", "sh"]];

for (const shell of shells) {
  describe(`the script that applies buckets, under ${shell.join(" ")}`, function () {
    this.timeout(30_000);

    it("creates what is missing", () => {
      const { status, asked, output } = run(shell, { INFO: [error(404, 10059)], CREATE: [done] });
      assert.deepEqual([status, asked], [0, ["STREAM.INFO", "STREAM.CREATE"]], output);
    });

    it("updates what is there, if nothing stored is lost", () => {
      for (const info of [stored(7, 900), stored(7, 60), stored(0, 0)]) {
        const { status, asked, output } = run(shell, { INFO: [info], UPDATE: [done] });
        assert.deepEqual([status, asked], [0, ["STREAM.INFO", "STREAM.UPDATE"]], output);
      }
    });

    it("refuses for good what would lose stored values", () => {
      for (const info of [stored(7, 0), stored(7, 1800)]) {
        const { status, asked, output } = run(shell, { INFO: [info], UPDATE: [done] });
        assert.deepEqual([status, asked], [3, ["STREAM.INFO"]], output);
        assert.match(output, /orders: the TTL is shorter than before/);
      }
    });

    it("does the same with streams, whose limits may be none", () => {
      const stream: Stream = {
        name: "events",
        subjects: ["events.>"],
        retention: "limits",
        storage: "file",
        discard: "old",
        maxAgeSeconds: 0,
        maxBytes: -1,
        maxMessagesPerSubject: -1,
      };
      const there = (changes: Partial<Stream>) =>
        answer({ config: teamStreamConfig({ ...stream, ...changes }), state: { messages: 7, bytes: 100 } });
      const apply = (wanted: Partial<Stream>, info: string) =>
        run(shell, { INFO: [info], CREATE: [done], UPDATE: [done] }, 1, bucketFiles([], [{ ...stream, ...wanted }]));
      const created = apply({}, error(404, 10059));
      assert.deepEqual([created.status, created.output], [0, "waiting for JetStream\nevents: CREATE ok\n"]);
      const limits = { maxAgeSeconds: 60, maxBytes: 100, maxMessagesPerSubject: 1 };
      for (const former of [{}, limits]) assert.equal(apply({}, there(former)).status, 0, "none keeps all");
      assert.equal(apply({ maxBytes: 100 }, there({})).status, 0, "as much as is stored");
      const losing: [Partial<Stream>, RegExp][] = [
        [{ maxAgeSeconds: 60 }, /events: the TTL is shorter than before.*nats stream purge events$/m],
        [{ maxBytes: 99 }, /the size limit is below what is stored/],
        [{ maxMessagesPerSubject: 1 }, /the history is shorter than before/],
        [{ retention: "interest" }, /the retention is another than before.* empty it first/],
        [{ retention: "workqueue" }, /to or from workqueue, which no server does.* nats stream rm events$/m],
        [{ storage: "memory" }, /the storage is another than before, which no server does.* nats stream rm events$/m],
      ];
      for (const [wanted, says] of losing) {
        const { status, asked, output } = apply(wanted, there({}));
        assert.deepEqual([status, asked], [3, ["STREAM.INFO"]], output);
        assert.match(output, says);
      }
    });

    it("takes no name, subject or metadata for an error or a number of the answer", () => {
      const words = { name: "error", subjects: ["error", "messages", "config", 'a":{"error":{"code":503'] };
      const metadata = { error: "none", messages: "x", max_age: "", retention: "interest" };
      const config = { ...streamConfig(bucket), ...words, metadata };
      const info = answer({ config, state: { messages: 7, bytes: 100 } });
      const { status, asked, output } = run(shell, { INFO: [info], UPDATE: [answer({ config })] });
      assert.deepEqual([status, asked], [0, ["STREAM.INFO", "STREAM.UPDATE"]], output);
    });

    it("changes nothing while it does not know what is stored", () => {
      for (const info of ["TIMEOUT", "", error(503, 10008), "{}", answer({ config: {}, state: {} })]) {
        const { status, asked, output } = run(shell, { INFO: [info], UPDATE: [done], CREATE: [done] });
        assert.equal(status, 1, output);
        assert.ok(
          asked.every((kind) => kind === "STREAM.INFO"),
          asked.join(),
        );
      }
    });

    it("asks again while servers are joining", () => {
      const answers = {
        INFO: ["TIMEOUT", error(503, 10008), error(404, 10059)],
        CREATE: [error(400, 10005), "TIMEOUT", done],
      };
      const { status, output } = run(shell, answers, 20);
      assert.equal(status, 0, output);
    });

    it("says what is in the way when there is no room", () => {
      const { status, output } = run(shell, { INFO: [error(404, 10059)], CREATE: [error(500, 10047)] });
      assert.equal(status, 1);
      assert.match(output, /no room left/);
    });
  });
}
