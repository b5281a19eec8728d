/** Whether version `actual` is `floor` or newer; both as `major.minor.patch`, a pre-release suffix counts as older than its release. */
export function atLeast(actual: string, floor: string): boolean {
  const [a, b] = [parts(actual), parts(floor)];
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return !actual.includes("-");
}

function parts(version: string): number[] {
  return version.split("-", 1).join("").split(".").map(Number);
}
