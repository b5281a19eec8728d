/** What pods of every service of ours have in common. */

/** Each replica on a node of its own, where there are as many. */
export function apart(labels: Readonly<Record<string, string>>) {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
        },
      ],
    },
  };
}

const probe = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });

/** Probes of its HTTP interface, whose port is called `http`. */
export const probes = {
  startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
  livenessProbe: { ...probe("/healthz"), periodSeconds: 10, failureThreshold: 3 },
  readinessProbe: { ...probe("/readyz"), periodSeconds: 2 },
};
