/** That somebody allows something until a day. */
export interface Approval {
  /** `Kind/` and Pulumi's name of the resource, or its namespace/name: resources of several kinds may have one name. */
  readonly resource?: unknown;
  /** Last day, YYYY-MM-DD, UTC. */
  readonly until?: unknown;
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const millisecondsPerDay = 86_400_000;

/** Why an approval does not count; undefined if it does. */
export function faultOfApproval({ until }: Approval, now: Date, maxDays: number): string | undefined {
  const start = typeof until === "string" && dayPattern.test(until) ? Date.parse(`${until}T00:00:00Z`) : Number.NaN;
  // A day that there is not, such as 2026-02-30, may be read as another.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== until) {
    return `its approval says until ${JSON.stringify(until) ?? "nothing"}, which is no day (YYYY-MM-DD)`;
  }
  const left = start + millisecondsPerDay - now.getTime();
  if (left <= 0) return `its approval was until ${until}, and has expired`;
  if (left > (maxDays + 1) * millisecondsPerDay)
    return `its approval is until ${until}, more than ${maxDays} days ahead`;
  return undefined;
}
