import { type Comparison, compare, type Series } from "../comparison";

/** What is measured of one tenant more. */
export const tenantSteps = ["preview", "up", "again", "destroy"] as const;
export type TenantStep = (typeof tenantSteps)[number];

/** Everything that is measured at a number of tenants: `side by side` is seconds for each of those brought up since the number before. */
export type Step =
  | TenantStep
  | `${TenantStep} memory`
  | `peer ${TenantStep}`
  | `peer ${TenantStep} memory`
  | "platform again"
  | "neighbour again"
  | "side by side";

/** Measurements by the number of tenants there were. */
export class TenantSamples {
  private readonly samples = new Map<string, number[]>();

  add(tenants: number, step: Step, value: number): void {
    const key = `${tenants} ${step}`;
    this.samples.set(key, [...(this.samples.get(key) ?? []), value]);
  }

  of(tenants: number, step: Step): readonly number[] {
    return this.samples.get(`${tenants} ${step}`) ?? [];
  }
}

const names: Readonly<Record<TenantStep, string>> = {
  preview: "`pulumi preview`, a tenant more",
  up: "`pulumi up`, a tenant more",
  again: "`pulumi up`, nothing changed",
  destroy: "`pulumi destroy`",
};

/** Of a growth that is none: the least that a noisy machine lets tell. */
const flat = { ratio: 1.1 } as const;

/** One tenant more beside each number of tenants, and the peer that adds the same objects. */
export function tenantComparisons(
  samples: TenantSamples,
  counts: readonly number[],
  peers: Readonly<Partial<Record<TenantStep, string>>> = {},
): Comparison[] {
  const steps = tenantSteps.flatMap((step) =>
    counts.map((count): Series => {
      const peer = { name: peers[step] ?? "", values: samples.of(count, `peer ${step}`) };
      return { name: `${names[step]}, beside ${count}`, unit: "s", ours: samples.of(count, step), peer };
    }),
  );
  const memory = counts.map((count): Series => {
    const peer = { name: peers.up ?? "", values: samples.of(count, "peer up memory") };
    return { name: `${names.up}, memory, beside ${count}`, unit: "MiB", ours: samples.of(count, "up memory"), peer };
  });
  const together = counts.map((count, index): Series => {
    const more = count - (counts[index - 1] ?? 0);
    return {
      name: more === 1 ? "the first tenant" : `${more} more stacks side by side, up to ${count} tenants, each`,
      unit: "s",
      ours: samples.of(count, "side by side"),
    };
  });
  return [...steps, ...memory, ...together].filter(({ ours }) => ours.length > 0).map(compare);
}

/** What the greatest number of tenants makes slower or larger than the least, which stands in the peer's place. */
export function growthComparisons(samples: TenantSamples, counts: readonly number[]): Comparison[] {
  const [least = 0, greatest = 0] = [counts[0], counts.at(-1)];
  const row = (name: string, step: Step, unit: Series["unit"] = "s"): Series => ({
    name,
    unit,
    ours: samples.of(greatest, step),
    peer: { name: `the same beside ${least}`, values: samples.of(least, step) },
    target: flat,
  });
  const rows: Series[] = [
    row(names.preview, "preview"),
    row(names.up, "up"),
    row(names.again, "again"),
    row(names.destroy, "destroy"),
    row(`${names.up}, memory`, "up memory", "MiB"),
    row("the platform's stack: `pulumi up`, nothing changed", "platform again"),
    row("another tenant's stack: `pulumi up`, nothing changed", "neighbour again"),
  ];
  const peers = row("for comparison: the same objects by kubectl", "peer up");
  return [...rows, { ...peers, target: undefined }].filter(({ ours }) => ours.length > 0).map(compare);
}
