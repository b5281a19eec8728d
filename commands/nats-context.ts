import { shellWord } from "../services/text";

/**
 * The line by which the `nats` CLI remembers a server, for a shell.
 * @param names that its name is made of; what the CLI does not take in one, as in an EKS cluster's ARN, becomes `-`
 * @param options by name; those that are undefined are left out
 */
export function natsContextLine(
  names: readonly string[],
  options: Readonly<Record<string, string | undefined>>,
): string {
  const name = names.join("-").replace(/[^A-Za-z0-9_-]/g, "-");
  const given = Object.entries(options).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}`, shellWord(value)],
  );
  return ["nats context save", name, ...given].join(" ");
}
