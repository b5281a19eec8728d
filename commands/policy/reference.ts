import { groups, type PackPolicy } from "../../policies/policies";

/** What begins and ends the part of docs/policies.md that is made from the pack. */
export const marks = {
  begin: "<!-- made from the pack by `npm run -s policy-docs`; from here -->",
  end: "<!-- to here -->",
} as const;

/** The reference of all policies, in Markdown. */
export function policyReference(): string {
  return Object.entries(groups)
    .flatMap(([title, policies]) => [`## ${title}`, ...policies.map(section)])
    .join("\n\n");
}

/**
 * A document with its part between the {@link marks} made anew.
 * @throws if it has no such part
 */
export function withReference(document: string): string {
  const [before, rest] = document.split(marks.begin);
  const after = rest?.split(marks.end)[1];
  if (after === undefined) throw new Error(`the document has no part between "${marks.begin}" and "${marks.end}"`);
  return `${before}${marks.begin}\n\n${policyReference()}\n\n${marks.end}${after}`;
}

function section(policy: PackPolicy): string {
  const { name, description, reason, severity, enforcementLevel, example, configSchema, remediateResource } = policy;
  const settings = Object.entries(configSchema?.properties ?? {});
  const table = settings.map(([key, { description: text, default: value }]) => {
    return `| \`${key}\` | \`${JSON.stringify(value).replaceAll("|", "\\|")}\` | ${text} |`;
  });
  return [
    `### \`${name}\``,
    `${description} ${reason}`,
    `Level: ${enforcementLevel}; severity: ${severity}.${remediateResource ? " Can correct by itself, at level `remediate`." : ""}`,
    ...(table.length > 0 ? [["| setting | default | |", "| --- | --- | --- |", ...table].join("\n")] : []),
    ["```yaml", `# refused`, example.violation, `# accepted`, example.fix, "```"].join("\n"),
  ].join("\n\n");
}
