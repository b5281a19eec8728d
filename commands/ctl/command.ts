import type { InferredOptionTypes, Options, PositionalOptions } from "yargs";
import type { Stack } from "./access/stack";

/** What every command is told, beside its own options. */
export interface CommandContext {
  /** The stack that it works on. */
  readonly stack: Stack;
  /** One JSON document on stdout, instead of what people read. */
  readonly json: boolean;
}

/** A command of the tool, as its file defines it. What its handler needs is imported when it runs: `--help` is to answer at once. */
export interface CtlCommand {
  /** As yargs takes it, with its arguments: `streams [name]`. */
  readonly name: string;
  /** One line. */
  readonly describe: string;
  /** Without `ctl`, and what each does. One at least. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly positionals: Readonly<Record<string, PositionalOptions>>;
  readonly options: Readonly<Record<string, Options>>;
  /** Does it and prints what came of it. Returns the exit code: 0 fine, 1 something is wrong. */
  run(args: Readonly<Record<string, unknown>>, context: CommandContext): Promise<number>;
}

/** What the file of a command says of it; arguments and options have the types that they are declared with. */
interface Definition<P extends Record<string, PositionalOptions>, O extends Record<string, Options>> {
  readonly name: string;
  readonly describe: string;
  readonly examples: CtlCommand["examples"];
  readonly positionals?: P;
  readonly options?: O;
  readonly handler: (args: InferredOptionTypes<P> & InferredOptionTypes<O>, context: CommandContext) => Promise<number>;
}

/** Defines a command. */
export function ctlCommand<
  const P extends Record<string, PositionalOptions> = Record<never, never>,
  const O extends Record<string, Options> = Record<never, never>,
>({ positionals, options, handler, ...rest }: Definition<P, O>): CtlCommand {
  return {
    ...rest,
    positionals: positionals ?? {},
    options: options ?? {},
    run: (args, context) => handler(args as Parameters<typeof handler>[0], context),
  };
}
