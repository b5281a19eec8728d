import type { Cost } from "../command";

/** What is measured of one tenant more, in this order. */
export const tenantSteps = ["preview", "up", "again", "destroy"] as const;
export type TenantStep = (typeof tenantSteps)[number];

/** Everything that is measured beside a number of tenants: one more, its peer, and what others' stacks do meanwhile. */
export type Step = TenantStep | `peer ${TenantStep}` | "platform again" | "neighbour again";

/** Takes a measurement down. */
export type Record = (step: Step, cost: Cost) => void;

/** Measurements by the number of tenants there were. */
export class TenantSamples {
  private readonly costs = new Map<string, Cost[]>();
  private readonly together = new Map<number, number>();

  add(tenants: number, step: Step, cost: Cost): void {
    const key = `${tenants} ${step}`;
    this.costs.set(key, [...(this.costs.get(key) ?? []), cost]);
  }

  of(tenants: number, step: Step, what: keyof Cost): number[] {
    return (this.costs.get(`${tenants} ${step}`) ?? []).map((cost) => cost[what]);
  }

  /** Seconds for each stack of those brought up side by side, until there were so many tenants. */
  addTogether(tenants: number, seconds: number): void {
    this.together.set(tenants, seconds);
  }

  togetherOf(tenants: number): number[] {
    return [this.together.get(tenants) ?? []].flat();
  }
}
