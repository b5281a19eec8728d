import type { Cost } from "../command";
import { type Comparison, compare, type Series, type Unit } from "../comparison";
import type { Peer } from "../report";
import { type Step, type TenantSamples, type TenantStep, tenantSteps } from "./samples";

const names: Readonly<Record<TenantStep, string>> = {
  preview: "`pulumi preview`, a tenant more",
  up: "`pulumi up`, a tenant more",
  again: "`pulumi up`, nothing changed",
  destroy: "`pulumi destroy`",
};

const units: Readonly<Record<keyof Cost, { readonly unit: Unit; readonly suffix: string }>> = {
  seconds: { unit: "s", suffix: "" },
  cpuSeconds: { unit: "s", suffix: ", processor time" },
  peakMiB: { unit: "MiB", suffix: ", memory" },
};

/** What is as good as no growth on a machine that has other work, too. */
const flat = { ratio: 1.1 } as const;

/** Each peer once, with what it is the peer of. */
export function tenantPeers(commands: Readonly<Record<TenantStep, string>>): Peer[] {
  return tenantSteps.map((step) => ({ name: commands[step], of: [names[step]] }));
}

/** One tenant more beside each number of tenants, and the peer that adds the same objects, where there is one. */
export function tenantComparisons(samples: TenantSamples, counts: readonly number[]): Comparison[] {
  const rows = (step: TenantStep, what: keyof Cost) =>
    counts.map((count): Series => {
      const { unit, suffix } = units[what];
      const peer = { name: "kubectl", values: samples.of(count, `peer ${step}`, what) };
      const name = `${names[step]}${suffix}, beside ${count}`;
      return { name, unit, ours: samples.of(count, step, what), peer };
    });
  const together = counts.map((count, index): Series => {
    const more = count - (counts[index - 1] ?? 0);
    const name = more === 1 ? "the first tenant" : `${more} stacks side by side, to be ${count} tenants, for each`;
    return { name, unit: "s", ours: samples.togetherOf(count) };
  });
  const series = [...tenantSteps.flatMap((step) => rows(step, "seconds")), ...rows("up", "peakMiB"), ...together];
  return series.filter(({ ours }) => ours.length > 0).map(compare);
}

/** What the greatest number of tenants makes slower or larger than the least, which stands in the peer's place. */
export function growthComparisons(samples: TenantSamples, counts: readonly number[]): Comparison[] {
  const [least = 0, greatest = 0] = [counts[0], counts.at(-1)];
  const row = (name: string, step: Step, what: keyof Cost): Series => ({
    name: `${name}${units[what].suffix}`,
    unit: units[what].unit,
    ours: samples.of(greatest, step, what),
    peer: { name: `the same beside ${least}`, values: samples.of(least, step, what) },
  });
  const others: Partial<Record<Step, string>> = {
    "platform again": "the platform's stack: `pulumi up`, nothing changed",
    "neighbour again": "another tenant's stack: `pulumi up`, nothing changed",
  };
  const all = Object.entries({ ...names, ...others }) as [Step, string][];
  const rows = (["seconds", "cpuSeconds"] as const).flatMap((what) => [
    ...all.map(([step, name]) => ({ ...row(name, step, what), target: flat })),
    row("for comparison, the same objects by kubectl", "peer up", what),
  ]);
  const memory = { ...row(names.up, "up", "peakMiB"), target: flat };
  return [...rows, memory].filter(({ ours }) => ours.length > 0).map(compare);
}
