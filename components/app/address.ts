/** Longest name DNS knows. https://www.rfc-editor.org/rfc/rfc1123#section-2.1 */
const maxLength = 253;

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What {@link isDnsName} accepts, for error messages. */
export const dnsNameFormat =
  'a DNS name such as "nats.messaging.svc.cluster.local": lower case, at most 253 characters, without scheme, port or dot at its end';

/** Whether a text is a DNS name in the lower case Kubernetes writes them in. An IP address is none: no policy can name it like one. */
export function isDnsName(text: string): boolean {
  const labels = text.split(".");
  return text.length <= maxLength && labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? "");
}

/** A Service of the cluster, as its DNS name tells. */
export interface ServiceAddress {
  readonly service: string;
  readonly namespace: string;
}

/**
 * The Service behind `<service>.<namespace>.svc[.<cluster domain>]`, or behind a pod's name below a headless one.
 * @returns undefined for any other name: it is taken to lead out of the cluster
 * @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function serviceOf(address: string): ServiceAddress | undefined {
  const match = /^(?:[^.]+\.)?([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(address);
  return match?.[1] && match[2] ? { service: match[1], namespace: match[2] } : undefined;
}
