/** Where the official chart comes from. */
export interface ChartSource {
  /** Folder of the chart on disk; otherwise it is fetched from {@link repository}. */
  readonly path?: string;
  /** Chart repository. */
  readonly repository: string;
}

/** Version of the official `nats` chart, and of the servers it runs. */
export const chartVersion = "2.14.2";
