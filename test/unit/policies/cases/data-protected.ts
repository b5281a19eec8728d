import type { Mutable, PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";

const servers = "StatefulSet/nats";
const account = "Secret/nats-account-platform";
const says = /options\.protect is false; must be true\. Set Pulumi's option protect: true/;
const retention = ["spec", "persistentVolumeClaimRetentionPolicy"] as const;

function unprotected(resource: Mutable): void {
  resource.protect = false;
}

/** Unprotected, and called as an approval says. */
function approved(resource: Mutable): void {
  unprotected(resource);
  resource.props.metadata.name = "approved";
}

/** Another object, unprotected, that approvals name. */
function claim(name: string) {
  return (resource: Mutable) => {
    resource.type = "kubernetes:core/v1:PersistentVolumeClaim";
    const spec = { storageClassName: "fast", resources: { requests: { storage: "10Gi" } } };
    resource.props = { kind: "PersistentVolumeClaim", metadata: { name, namespace: "shop" }, spec };
  };
}

/** A day as many days ahead. */
function day(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}

const approvals = [
  { resource: "PersistentVolumeClaim/shop/approved", until: day(7) },
  { resource: "PersistentVolumeClaim/shop/until-today", until: day(0) },
  { resource: "PersistentVolumeClaim/shop/renewed", until: day(-7) },
  { resource: "PersistentVolumeClaim/shop/renewed", until: day(7) },
  { resource: "PersistentVolumeClaim/shop/expired", until: day(-1) },
  { resource: "PersistentVolumeClaim/shop/far", until: "9999-12-31" },
  { resource: "PersistentVolumeClaim/shop/no-day", until: "2026-02-30" },
  { resource: "PersistentVolumeClaim/shop/no-text", until: 20_991_231 },
  { resource: "PersistentVolumeClaim/shop/for-ever" },
  { resource: "PersistentVolumeClaim/shop/*", until: day(7) },
  { resource: "shop/no-kind", until: day(7) },
  { resource: "Secret/shop/other-kind", until: day(7) },
  { resource: "StatefulSet/nats/approved", until: day(7) },
];

const refused = (name: string, says: RegExp) => ({
  what: `an approval that does not count, ${name}`,
  resource: "Service/nats",
  change: claim(name),
  says,
});
const taken = (name: string) => ({ what: `an approval, ${name}`, resource: "Service/nats", change: claim(name) });

export const cases: PolicyCases = {
  policy: "data-protected",
  compliant: platform(),
  config: { ...production, "data-protected": { production: true, approvals } },
  mutations: [
    { what: "servers", resource: servers, change: unprotected, says },
    { what: "the Secret of an account", resource: account, change: unprotected, says },
    { what: "a namespace of NATS", resource: "Namespace/nats", change: unprotected, says },
    { what: "a claim", resource: "Service/nats", change: claim("data"), says },
    refused("expired", /must be true; its approval was until \d{4}-\d\d-\d\d, and has expired\. /),
    refused("far", /its approval is until 9999-12-31, more than 31 days ahead/),
    refused("no-day", /its approval says until "2026-02-30", which is no day/),
    refused("no-text", /its approval says until 20991231, which is no day/),
    refused("for-ever", /its approval says until nothing, which is no day/),
    refused("every", says),
    refused("no-kind", /must be true; its approval is of "shop\/no-kind", which may be of any kind\. /),
    refused("other-kind", /is false; must be true\. Set.* resource: PersistentVolumeClaim\/Service\/nats, until/),
    {
      what: "volumes that go with servers whose deletion is approved",
      resource: servers,
      change: (resource) => {
        approved(resource);
        set(retention, { whenDeleted: "Delete" })(resource);
      },
      says: /whenDeleted is "Delete"; must be Retain/,
    },
    {
      what: "volumes that go with the servers by a patch",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSetPatch";
        resource.props = { metadata: { name: "nats", namespace: "nats" } };
        set(retention, { whenDeleted: "Delete" })(resource);
      },
      says: /StatefulSet "nats\/nats": spec\.persistentVolumeClaimRetentionPolicy\.whenDeleted is "Delete"/,
    },
    {
      what: "servers that take their volumes with them",
      resource: servers,
      change: set(retention, { whenDeleted: "Delete" }),
      says: /persistentVolumeClaimRetentionPolicy\.whenDeleted is "Delete"; must be Retain/,
    },
    {
      what: "servers that take their volumes with them when there are fewer",
      resource: servers,
      change: set(retention, { whenScaled: "Delete", whenDeleted: "Retain" }),
      says: /whenScaled is "Delete"; must be Retain/,
    },
  ],
  allowed: [
    { what: "an approval of servers", resource: servers, change: approved },
    taken("approved"),
    taken("until-today"),
    taken("renewed"),
    {
      what: "another Secret",
      resource: account,
      change: (resource) => {
        unprotected(resource);
        remove(["metadata", "labels", "nats-platform/account"])(resource);
      },
    },
    {
      what: "a patch, which is no servers",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:apps/v1:StatefulSetPatch";
        resource.props = { metadata: { name: "nats", namespace: "nats" }, spec: {} };
      },
    },
  ],
  undecided: [
    {
      what: "a policy of its volumes that is not known yet",
      resource: servers,
      change: set(retention, unknownText),
      says: /persistentVolumeClaimRetentionPolicy/,
    },
    {
      what: "the name of a namespace that is not known yet",
      resource: "Namespace/nats",
      change: set(["metadata", "name"], unknownText),
      says: /metadata\.name/,
    },
  ],
};
