import yargs, { type Argv, type Options } from "yargs";
import { describeError } from "../../services/text";
import { configuredStacks } from "../target";
import { findStack } from "./access/stack";
import { asksForJson, callProblem } from "./call-problem";
import type { CtlCommand } from "./command";
import { commands } from "./commands";
import { UnusableError } from "./errors";
import { guardOutput, outputWritten } from "./guard-output";

/** Exit codes of every command, for the end of every help. */
export const exitCodes = [
  "Exit codes:",
  "  0  fine",
  "  1  something is wrong, or failed",
  "  2  called wrongly, or nothing could be looked at",
].join("\n");

const widest = 120;

/** Options of every command. */
const commonOptions = {
  stack: {
    type: "string",
    default: process.env.STACK ?? "dev",
    defaultDescription: "STACK, else dev",
    describe: "Environment, tenant or workstation: Pulumi.<stack>.yaml",
    requiresArg: true,
  },
  context: {
    type: "string",
    describe: "Context of a kubeconfig: a cluster of your own  [default: KUBECONTEXT, else the stack's]",
    requiresArg: true,
  },
  json: { type: "boolean", default: false, describe: "One JSON document on stdout; progress on stderr" },
} satisfies Record<string, Options>;

/** Runs what the arguments say and ends the process. */
export async function ctl(args: readonly string[], version: string): Promise<void> {
  guardOutput(asksForJson(args));
  await parser(args, version).parseAsync();
  await outputWritten();
  // Connections that the Kubernetes client keeps for a next request would hold the process.
  process.exit();
}

/** The tool's command line, for arguments as a shell gives them. */
export function parser(args: readonly string[], version: string): Argv {
  const tool = yargs([...args])
    .scriptName("ctl")
    .locale("en")
    .usage(
      "$0 <command>: looks after a stack of the platform, through the Kubernetes API and with the stack's own creds",
    )
    // `--no-to` and `--to.x` are unknown options, not values of --to that are no text.
    .parserConfiguration({ "boolean-negation": false, "dot-notation": false })
    .options(commonOptions)
    .example("$0 health", "Is stack dev all right?")
    .example("$0 streams --stack dev-tenant-acme --json", "Streams of a tenant, for a program")
    .demandCommand(1, "which command?")
    .strictCommands()
    .strict()
    .exitProcess(false)
    .version(version)
    .help()
    .epilogue(exitCodes)
    .wrap(Math.min(widest, process.stdout.columns ?? widest))
    .completion("completion", "Prints the completion script of your shell, bash or zsh", completer(args))
    .fail((message, error, self) => {
      if (message === null) throw error;
      refuse(
        asksForJson(args),
        `${message}; ${self.parsed ? "ctl --help" : "ctl <command> --help"} says how it is called`,
      );
    });
  for (const command of commands) add(tool, command);
  return tool;
}

function add(tool: Argv, command: CtlCommand): void {
  tool.command({
    command: command.name,
    describe: command.describe,
    builder: (own) => {
      for (const [name, options] of Object.entries(command.positionals)) own.positional(name, options);
      for (const [line, what] of command.examples) own.example(`$0 ${line}`, what);
      const declared = { ...commonOptions, ...command.positionals, ...command.options };
      return own
        .options({ ...command.options })
        .check((values) => callProblem(values, declared) ?? true, false)
        .epilogue(exitCodes);
    },
    handler: async (args) => {
      process.exitCode = await run(command, args);
    },
  });
}

async function run(command: CtlCommand, args: Record<string, unknown>): Promise<number> {
  const json = args.json === true;
  try {
    const stack = findStack(String(args.stack), args.context as string | undefined);
    return await command.run(args, { stack, json });
  } catch (error) {
    sayError(json, process.env.DEBUG && error instanceof Error ? (error.stack ?? error.message) : describeError(error));
    return error instanceof UnusableError ? 2 : 1;
  }
}

function refuse(json: boolean, message: string): never {
  sayError(json, message);
  process.exit(2);
}

/** An error is a line for people, and for programs a document like any other. */
function sayError(json: boolean, message: string): void {
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: message })}\n`);
  else process.stderr.write(`error: ${message}\n`);
}

/** Says what the word under the cursor may become: names of stacks after `--stack`, else what yargs knows. */
function completer(args: readonly string[]) {
  return (
    current: string,
    _args: unknown,
    others: (done: (error: Error | null, words: string[] | undefined) => void) => void,
    done: (words: string[]) => void,
  ): void => {
    if (args.at(-2) === "--stack") done(configuredStacks().filter((stack) => stack.startsWith(current)));
    else others((_error, words) => done(words ?? []));
  };
}
