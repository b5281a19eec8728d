import type {
  PolicyConfigSchema,
  PolicyResource,
  ReportViolation,
  ResourceRemediation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Keys } from "./field";
import { type Doubt, Findings } from "./findings";
import { chartsOf, isOfKinds, type KubernetesObject, objectsOf, type PulumiResource } from "./object";
import { plain } from "./plain";
import { type Correction, correctionsOf, write } from "./remedy";

/** What every policy says of itself. */
interface Description<Settings> {
  /** In kebab-case. */
  readonly name: string;
  /** One sentence: what must hold. */
  readonly description: string;
  /** What can happen where it does not hold. */
  readonly reason: string;
  readonly severity: Severity;
  /** As it must not be, and as it should. */
  readonly example: { readonly violation: string; readonly fix: string };
  /** @default "mandatory" */
  readonly level?: "advisory" | "mandatory";
  /** What can be set, each with its default. @default nothing */
  readonly settings?: { readonly [Key in keyof Settings]: SettingSchema<Settings[Key]> };
  /**
   * What to correct in an object, where only one thing can be meant. The engine asks for it at level `remediate` only; of what it leaves as it is,
   * the check speaks then as at level `mandatory`.
   * @default nothing
   */
  readonly remedy?: (object: KubernetesObject, settings: Settings) => Correction[];
}

/** A policy, and what docs/policies.md says of it beyond what the engine is told. One about a stack, too, may correct its resources one by one. */
export type Documented<Policy> = Policy &
  Pick<Description<object>, "reason" | "example"> & { readonly remediateResource?: ResourceRemediation };

type SettingSchema<Value> = PolicyConfigSchema["properties"][string] & {
  readonly description: string;
  readonly default: Value;
};

interface ObjectPolicy<Settings> extends Description<Settings> {
  /** Kinds of objects that it is about, of whatever API version; `Chart` and `Release` are charts with their values. `customKinds` in it stands for all that are not Kubernetes' own. @default all */
  readonly kinds?: readonly string[];
  readonly check: (object: KubernetesObject, settings: Settings, findings: Findings) => void;
}

interface StackPolicy<Settings> extends Description<Settings> {
  /** @param objects all of the stack */
  readonly check: (objects: readonly KubernetesObject[], settings: Settings, findings: Findings) => void;
}

/** A policy about objects of Kubernetes, each by itself. */
export function objectPolicy<Settings extends object = object>(
  policy: ObjectPolicy<Settings>,
): Documented<ResourceValidationPolicy> {
  return {
    ...described(policy),
    ...remediation(policy),
    validateResource: (args, report) => {
      // To read all of what others are would take most of its time.
      if (!isOfKinds(args.type, policy.kinds)) return;
      const resource = read(args);
      const findings = new Findings();
      for (const object of [...objectsOf(resource), ...chartsOf(resource)]) {
        findings.try(object, () => policy.check(object, args.getConfig<Settings>(), findings));
      }
      tell(findings, report, () => args.props);
    },
  };
}

/** A policy about what the objects of a stack are together. */
export function stackPolicy<Settings extends object = object>(
  policy: StackPolicy<Settings>,
): Documented<StackValidationPolicy> {
  return {
    ...described(policy),
    ...remediation(policy),
    validateStack: (args, report) => {
      const findings = new Findings();
      const resources = args.resources.map(read);
      policy.check(resources.flatMap(objectsOf), args.getConfig<Settings>(), findings);
      tell(findings, report, ({ props }) => args.resources[resources.findIndex((one) => one.props === props)]?.props);
    },
  };
}

/** Corrects the resource that the engine hands over, in place: so what is secret in it stays so, and what is not known yet stays unknown. */
function remediation<Settings extends object>(
  policy: Pick<ObjectPolicy<Settings>, "remedy" | "kinds">,
): { remediateResource?: ResourceRemediation } {
  const { remedy } = policy;
  if (!remedy) return {};
  return {
    remediateResource: (args) => {
      if (!isOfKinds(args.type, policy.kinds)) return undefined;
      const corrections = objectsOf(read(args)).flatMap((object) =>
        correctionsOf(() => remedy(object, args.getConfig<Settings>())),
      );
      if (corrections.length === 0) return undefined;
      for (const correction of corrections) write(args.props, correction);
      return args.props;
    },
  };
}

function read({ urn, type, name, props, opts }: PolicyResource | ResourceValidationArgs): PulumiResource {
  return { urn, type, name, props: plain(props), isProtected: opts.protect };
}

function described<Settings>(policy: Description<Settings>) {
  const { name, description, reason, severity, example, level = "mandatory", settings } = policy;
  return {
    name,
    description,
    reason,
    severity,
    example,
    enforcementLevel: level,
    ...(settings ? { configSchema: { properties: settings as unknown as PolicyConfigSchema["properties"] } } : {}),
  } as const;
}

/**
 * Reports what was found. Of a doubt the engine tells itself, without failing, once what is not known yet is read from what it handed over.
 */
function tell(findings: Findings, report: ReportViolation, propsOf: (doubt: Doubt) => unknown): void {
  for (const { object, message } of findings.found) report(message, object.resource.urn);
  for (const doubt of findings.doubts) readAgain(propsOf(doubt), doubt.keys);
}

function readAgain(props: unknown, keys: Keys): void {
  keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], props);
}
