import { servers, spread } from "../servers";

/** The scheduler may put them together. */
export const refusedBy = "platform-spread";

/** Its environment is production. */
export const config = { "platform-spread": { production: true } };

export function program(): void {
  servers({ pod: { topologySpreadConstraints: [{ ...spread, whenUnsatisfiable: "ScheduleAnyway" }] } });
}
