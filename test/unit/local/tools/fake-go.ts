import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A `go` that takes no time: it answers `go env`, and writes a script in place of every executable it is to build. */
export interface FakeGo {
  /** Folder of the whole fixture. */
  readonly root: string;
  /** Folder with `go` in it. */
  readonly bin: string;
  readonly go: string;
  /** Set as NATS_PLATFORM_CACHE. */
  readonly cache: string;
  /** One line per build: module folder, then packages. */
  builds(): string[];
  /** Shell code that is run by the next builds before they write anything. */
  beforeBuild(code: string): void;
  remove(): void;
}

/** Makes a fake Go of a version. */
export function fakeGo(version = "go1.26.0"): FakeGo {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "nats-platform-tools-"));
  const [bin, log, before] = [path.join(root, "bin"), path.join(root, "builds"), path.join(root, "before")];
  fs.mkdirSync(bin);
  fs.writeFileSync(before, "");
  fs.writeFileSync(
    path.join(bin, "go"),
    `#!/bin/sh
if [ "$1" = env ]; then
  printf '{"GOVERSION":"${version}","GOCACHE":"${root}/go-build","GOMODCACHE":"${root}/mod"}'
  exit 0
fi
packages=
while [ $# -gt 0 ]; do
  case "$1" in
    -o) out=$2; shift ;;
    -*|build) ;;
    *) packages="$packages $1" ;;
  esac
  shift
done
echo "$(basename "$PWD")$packages" >>${log}
. ${before}
for package in $packages; do
  echo "$package" >&2
  name=$(basename "$package")
  case "$name" in v[0-9]*) name=$(basename "$(dirname "$package")") ;; esac
  printf '#!/bin/sh\\n' >"$out$name"
  chmod +x "$out$name"
done
`,
    { mode: 0o755 },
  );
  return {
    root,
    bin,
    go: path.join(bin, "go"),
    cache: path.join(root, "cache"),
    builds: () => (fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n") : []),
    beforeBuild: (code) => fs.writeFileSync(before, `${code}\n`),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}

/** Sets environment variables and returns what puts the old values back. */
export function withEnv(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** Waits until a condition holds. */
export async function until(what: string, condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; !condition(); ) {
    if (Date.now() > end) throw new Error(`still not so after ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
