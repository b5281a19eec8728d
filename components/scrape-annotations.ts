/** Annotations by which Prometheus finds metrics of a pod, at `/metrics` of a port. */
export function scrapeAnnotations(port: number): Record<string, string> {
  return { "prometheus.io/scrape": "true", "prometheus.io/port": String(port), "prometheus.io/path": "/metrics" };
}
