// Lints texts as if they stood in files, all with one instance, for the rules know types and take seconds to load.
// Standard input: [{ file, text }]; standard output: for each, the rules that were broken, by line.
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const cases = /** @type {{ file: string, text: string }[]} */ (await json(process.stdin));
const eslint = new ESLint();
const reports = [];
for (const { file, text } of cases) {
  const [report] = await eslint.lintText(text, { filePath: file });
  reports.push(report?.messages.map(({ ruleId, line }) => ({ ruleId, line })) ?? []);
}
process.stdout.write(JSON.stringify(reports));
