import type { ProgramRequest } from "./facts";
import { runProgram } from "./run";

/** Runs one side's program, in a process of its own: it is the code of whoever wrote the branch. Asked and answered once, through its parent. */
process.once("message", (request: ProgramRequest) => {
  runProgram(request).then(
    (facts) => process.send?.({ facts }, () => process.exit(0)),
    (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
  );
});

// Nobody is left to answer.
process.once("disconnect", () => process.exit(1));
