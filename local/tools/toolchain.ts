import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { isNewer, searchPath } from "./official";
import { moduleDir } from "./paths";
import type { ToolSpec } from "./table";

/** The Go toolchain builds are made with. */
export interface Toolchain {
  /** Absolute path of `go`. */
  readonly go: string;
  /** Its build cache. */
  readonly buildCache: string;
  /** Its cache of downloaded modules. */
  readonly moduleCache: string;
}

/** Where Go is installed without being on PATH: sudo's PATH, for one, leaves /usr/local/go out. */
const usualFolders = ["/usr/local/go/bin", "/usr/lib/go/bin", "/snap/bin"];

/**
 * Finds a Go new enough for the modules of these tools.
 * @param folders where it is looked for when PATH has none
 * @throws {Error} if there is none; the message says what is needed and how to get it
 */
export function findToolchain(
  specs: readonly Pick<ToolSpec, "name">[],
  folders: readonly string[] = usualFolders,
): Toolchain {
  const needed = specs.map(neededGo).reduce((a, b) => (isNewer(a, b) ? a : b));
  const names = specs.map((spec) => spec.name).join(", ");
  const go = searchPath("go", { PATH: [process.env.PATH ?? "", ...folders].join(":") });
  if (!go) throw new Error(`Go ${needed} or newer is needed to build ${names}, and no Go was found. ${remedy(needed)}`);

  // Asked inside the module, so that a Go that can fetch a newer toolchain by itself does so.
  const first = specs[0] ?? { name: "" };
  const asked = spawnSync(go, ["env", "-json", "GOVERSION", "GOCACHE", "GOMODCACHE"], {
    cwd: moduleDir(first),
    env: goEnvironment(),
    encoding: "utf8",
  });
  if (asked.status !== 0) {
    const reason = asked.stderr.trim().split("\n").at(-1) ?? "";
    throw new Error(
      `Go ${needed} or newer is needed to build ${names}, and ${go} is not it: ${reason}. ${remedy(needed)}`,
    );
  }
  const facts = JSON.parse(asked.stdout) as Record<"GOVERSION" | "GOCACHE" | "GOMODCACHE", string>;
  const found = goVersion(facts.GOVERSION);
  if (found !== needed && !isNewer(found, needed)) {
    throw new Error(`Go ${needed} or newer is needed to build ${names}, and ${go} is ${found}. ${remedy(needed)}`);
  }
  return { go, buildCache: facts.GOCACHE, moduleCache: facts.GOMODCACHE };
}

/** Environment of builds: the user's (proxy, caches, toolchain choice), without what would change the result. */
export function goEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off", GO111MODULE: "on" };
  for (const name of ["GOOS", "GOARCH", "GOEXPERIMENT"]) delete env[name];
  return env;
}

/** `go1.26.8` or `go1.26.8 X:nocoverageredesign` → `1.26.8`; `devel …` → as new as can be. */
export function goVersion(printed: string): string {
  return /^go(\d+(?:\.\d+)*)/.exec(printed)?.[1] ?? "999";
}

function neededGo(spec: Pick<ToolSpec, "name">): string {
  const file = path.join(moduleDir(spec), "go.mod");
  return /^go (\S+)$/m.exec(fs.readFileSync(file, "utf8"))?.[1] ?? "1.26.0";
}

function remedy(needed: string): string {
  const debian = debianGo();
  if (debian && (debian === needed || isNewer(debian, needed))) return "Install it with: apt-get install golang-go";
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const older = debian ? ` (Debian's golang-go is ${debian}, too old)` : "";
  return (
    `Install it from https://go.dev/dl/${older}, for example: ` +
    `curl -fsSL https://go.dev/dl/go${needed}.linux-${arch}.tar.gz | tar -C /usr/local -xz`
  );
}

/** Version of Go apt would install; undefined where there is no apt. */
function debianGo(): string | undefined {
  try {
    const policy = execFileSync("apt-cache", ["policy", "golang-go"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /Candidate: (?:\d+:)?(\d+(?:\.\d+)*)/.exec(policy)?.[1];
  } catch {
    return undefined;
  }
}
