import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { type KubernetesObject, nameOf, namespaceOf } from "../kernel/object";
import { podTemplate } from "../kernel/pods";
import { stackPolicy } from "../kernel/policy";
import { type Identity, identitiesIn } from "./identities";
import { type Labels, tenantLabel, tenantNamespaceLabel } from "./settings";
import { type Use, usesOf } from "./uses";

interface Settings {
  tenantLabel: string;
  tenantNamespaceLabel: string;
}

/** That a tenant has something. */
interface Having<What> {
  readonly tenant: string;
  readonly object: KubernetesObject;
  readonly field: Field;
  readonly what: What;
}

/** What two tenants have in common. */
export const tenantSharedIdentity = stackPolicy<Settings>({
  name: "tenant-shared-identity",
  description:
    "No two tenants have a ServiceAccount or Secret in common, nor an account, user or key of NATS in their Secrets.",
  reason:
    "Who two tenants are to NATS or Kubernetes, each of them is: it may do what the other may, and taking it from one takes it from both.",
  severity: "critical",
  settings: { tenantLabel, tenantNamespaceLabel },
  check: (objects, settings, findings) => {
    const uses = usedBy(objects, settings, findings);
    const owners = ownersOf(objects, settings, uses, findings);
    for (const use of uses) {
      const owner = owners.get(use.what);
      if (owner === undefined || owner === use.tenant) continue;
      findings.add(
        use.object,
        use.field,
        `must be one of tenant ${JSON.stringify(use.tenant)} alone; tenant ${JSON.stringify(owner)} has it too`,
        "Give each tenant its own.",
      );
    }
    checkContents(contentsOf(objects, owners, findings), findings);
  },
  example: {
    violation: "serviceAccountName: nats # in the pods of acme and of globex",
    fix: "serviceAccountName: nats-acme # in the pods of acme alone",
  },
});

/** Whose something is by its labels. */
function tenantOf(labels: Labels, settings: Settings): string | undefined {
  return labels[settings.tenantLabel] ?? labels[settings.tenantNamespaceLabel];
}

const idOf = (kind: string, namespace: string, name: string) => `${kind} ${namespace}/${name}`;

/** What tenants' pods have by name. */
function usedBy(objects: readonly KubernetesObject[], settings: Settings, findings: Findings): Having<string>[] {
  const found: Having<string>[] = [];
  for (const object of objects) {
    findings.try(object, () => {
      const template = podTemplate(object);
      const tenant = template && tenantOf(template.at("metadata", "labels").texts(), settings);
      if (!template || tenant === undefined) return;
      const namespace = namespaceOf(object);
      const note = ({ kind, field }: Use) => {
        // A patch that names no ServiceAccount leaves it as it is.
        if (!field.isThere && object.isPatch) return;
        found.push({ tenant, object, field, what: idOf(kind, namespace, field.text() || "default") });
      };
      findings.each(object, usesOf(template), (group) => findings.each(object, group(), note));
    });
  }
  return found;
}

/** Whose each thing is: by its own labels; where it has none or is not of this stack, the first's that has it. */
function ownersOf(
  objects: readonly KubernetesObject[],
  settings: Settings,
  uses: readonly Having<string>[],
  findings: Findings,
): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const object of objects) {
    if (!["Secret", "ConfigMap", "ServiceAccount", "SecretProviderClass"].includes(object.kind)) continue;
    findings.try(object, () => {
      const metadata = object.root.at("metadata");
      const tenant = tenantOf(metadata.at("labels").texts(), settings);
      if (tenant !== undefined) owners.set(idOfObject(object), tenant);
    });
  }
  for (const { what, tenant } of uses) if (!owners.has(what)) owners.set(what, tenant);
  return owners;
}

function idOfObject(object: KubernetesObject): string {
  return idOf(object.kind, namespaceOf(object), object.root.at("metadata", "name").text() ?? "");
}

/** The NATS identities in what is a tenant's. */
function contentsOf(
  objects: readonly KubernetesObject[],
  owners: ReadonlyMap<string, string>,
  findings: Findings,
): Having<Identity>[] {
  const found: Having<Identity>[] = [];
  for (const object of objects) {
    if (object.kind !== "Secret" && object.kind !== "ConfigMap") continue;
    findings.try(object, () => {
      const tenant = owners.get(idOfObject(object));
      if (tenant === undefined) return;
      const isEncoded = object.kind === "Secret";
      for (const name of ["data", "stringData"]) {
        findings.each(object, object.root.at(name).entries(), ([, field]) => {
          const text = field.text() ?? "";
          const plain = isEncoded && name === "data" ? Buffer.from(text, "base64").toString() : text;
          found.push(...identitiesIn(plain).map((what) => ({ tenant, object, field, what })));
        });
      }
    });
  }
  return found;
}

/** Whatever is one tenant's is nobody else's. The system account is nobody's; but one that is a tenant's own cannot be it elsewhere. */
function checkContents(contents: readonly Having<Identity>[], findings: Findings): void {
  const firsts = new Map<string, Having<Identity>>();
  for (const having of contents) {
    const { key, isSystem } = having.what;
    if (!isSystem && !firsts.has(key)) firsts.set(key, having);
  }
  const told = new Set<string>();
  for (const { tenant, object, field, what } of contents) {
    const first = firsts.get(what.key);
    const place = [object.resource.urn, field.path, first?.tenant, what.kind].join(" ");
    if (!first || first.tenant === tenant || told.has(place)) continue;
    told.add(place);
    const theirs = `${first.object.kind} "${nameOf(first.object)}" has that ${what.kind} too`;
    findings.add(
      object,
      field,
      `must hold nothing of tenant ${JSON.stringify(first.tenant)}: ${theirs}`,
      "Give each tenant accounts, users and creds of its own.",
      `a text with ${what.kind === "account" ? "an" : "a"} ${what.kind} of NATS`,
    );
  }
}
