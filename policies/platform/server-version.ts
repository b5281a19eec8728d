import type { Field } from "../kernel/field";
import { containersOf, podKinds, podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { parseImage } from "./image";
import { runsServer } from "./servers";

/** Which nats-server runs. */
export const serverVersion = objectPolicy<{ minVersion: string }>({
  name: "server-version",
  description: "The image of a nats-server says its version, and that is not older than it may be.",
  reason: "Older servers have known holes, and do not know what identity and authorization here are built on.",
  severity: "high",
  kinds: podKinds,
  settings: {
    minVersion: {
      type: "string",
      pattern: "^\\d+\\.\\d+\\.\\d+$",
      description: "Oldest version of nats-server that may run.",
      default: "2.14.0",
    },
  },
  check: (object, { minVersion }, findings) => {
    const template = podTemplate(object);
    if (!template) return;
    findings.each(object, containersOf(template), (container) => {
      if (!runsServer(template, container)) return;
      const field = container.at("image");
      if (object.isPatch && !field.isThere) return;
      const fault = faultOf(field, minVersion);
      if (!fault) return;
      findings.add(
        object,
        field,
        fault,
        `Name a tag with the whole version, such as nats:${minVersion}-alpine, and a digest.`,
      );
    });
  },
  example: { violation: "image: nats:latest", fix: "image: nats:2.14.2-alpine" },
});

function faultOf(image: Field, minVersion: string): string | undefined {
  const { tag, digest } = parseImage(image.text() ?? "");
  const wanted = `must be nats-server ${minVersion} or newer`;
  if (tag === undefined && digest !== undefined) return `${wanted}, and of a digest alone that cannot be told`;
  const comparison = compareVersion(tag ?? "latest", minVersion);
  if (comparison === undefined) return `${wanted}, and of this tag that cannot be told`;
  return comparison < 0 ? wanted : undefined;
}

const tagPattern = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+._](.*))?$/;

/** What comes before a release; every other suffix, such as alpine, says what else is in the image. */
const preRelease = /(^|[-.])(rc|alpha|beta|preview|pre|dev|nightly|snapshot)/i;

/**
 * Compares the version that a tag names: below 0 for an older one; undefined if it cannot be told, as of a tag that moves from version to version
 * and may be on either side.
 * @param version three numbers
 */
export function compareVersion(tag: string, version: string): number | undefined {
  const [match, ...parts] = tagPattern.exec(tag) ?? [];
  if (match === undefined) return undefined;
  const floor = version.split(".").map(Number);
  for (const [index, least] of floor.entries()) {
    const part = parts[index];
    // `2.14` is any of its patches: not older if the floor is the first of them.
    if (part === undefined) return floor.slice(index).every((rest) => rest === 0) ? 0 : undefined;
    if (Number(part) !== least) return Number(part) - least;
  }
  return preRelease.test(parts[3] ?? "") ? -1 : 0;
}
