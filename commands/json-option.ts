import { parseArgs } from "node:util";

/**
 * Whether the command line asks for JSON: `--json`.
 * @throws if it asks for anything else
 */
export function jsonAsked(): boolean {
  return parseArgs({ options: { json: { type: "boolean", default: false } } }).values.json;
}
