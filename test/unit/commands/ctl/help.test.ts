import assert from "node:assert/strict";
import { commands } from "../../../../commands/ctl/commands";
import { exitCodes, parser } from "../../../../commands/ctl/ctl";

/** What the tool prints for arguments that ask for help. */
function helpOf(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    void parser([...args, "--help"], "0").parse([...args, "--help"], {}, (_error, _argv, output) => resolve(output));
  });
}

/** A command's own name, without its arguments. */
const nameOf = ({ name }: { name: string }) => name.split(" ")[0] ?? "";

describe("ctl --help", () => {
  it("names every command with what it does, and the exit codes", async () => {
    const help = await helpOf();
    for (const command of commands) assert.ok(help.includes(`ctl ${command.name}`), command.name);
    assert.ok(help.includes(exitCodes));
    assert.match(help, /ctl completion/);
  });

  for (const command of commands) {
    it(`of ${nameOf(command)} is complete: what it does, arguments, options, examples, exit codes`, async () => {
      const help = (await helpOf(nameOf(command))).replace(/\s+/g, " ");
      const shown = (text: string) => help.includes(text.replace(/\s+/g, " "));
      assert.ok(command.describe.length > 20 && shown(command.describe), help);
      for (const [name, { describe }] of Object.entries({ ...command.positionals, ...command.options })) {
        assert.ok(describe && shown(name) && shown(describe), `${name} has no description: ${help}`);
      }
      assert.ok(command.examples.length > 0);
      for (const [line, what] of command.examples) {
        assert.ok(line === nameOf(command) || line.startsWith(`${nameOf(command)} `), `${line} is of another command`);
        assert.ok(shown(`ctl ${line}`) && shown(what), line);
      }
      assert.ok(shown(exitCodes));
      for (const option of ["--stack", "--context", "--json"]) assert.ok(shown(option));
    });
  }

  it("examples are called as the command takes it", async () => {
    for (const { examples, name } of commands) {
      for (const [line] of examples) {
        const problem = await refusal(line.split(" "));
        assert.equal(problem, undefined, `${name}: ${line}`);
      }
    }
  });
});

describe("ctl completion", () => {
  const completed = (...args: string[]) =>
    new Promise<readonly string[]>((resolve) => {
      parser(args, "0").getCompletion(args, (_error, words) => resolve(words));
    });

  it("names the stacks after --stack", async () => {
    assert.deepEqual(await completed("ctl", "health", "--stack", "dev-tenant-"), [
      "dev-tenant-acme",
      "dev-tenant-globex",
    ]);
  });

  it("names commands", async () => {
    assert.ok((await completed("ctl", "dr")).some((word) => word.startsWith("drain-node")));
  });
});

/** What a strict parser says of arguments, without running anything; undefined for nothing. */
async function refusal(args: readonly string[]): Promise<string | undefined> {
  const { default: yargs } = await import("yargs");
  let problem: string | undefined;
  const strict = yargs([...args])
    .options({ stack: { type: "string" }, json: { type: "boolean" }, context: { type: "string" } })
    .strict()
    .exitProcess(false)
    .fail((message) => {
      problem = message;
    });
  for (const { name, positionals, options } of commands) {
    strict.command({
      command: name,
      builder: (own) => {
        for (const [positional, settings] of Object.entries(positionals)) own.positional(positional, settings);
        return own.options({ ...options });
      },
      handler: () => {},
    });
  }
  await strict.parseAsync();
  return problem;
}
