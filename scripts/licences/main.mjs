// npm run licences: lists the licences of what is shipped in docs/licences.md. With --check, fails where the list is out of
// step, or where a licence is none of the permissive ones.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { shippedPackages, unwanted } from './packages.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean' }, lockfile: { type: 'string' } } });
const file = new URL('../../docs/licences.md', import.meta.url);
const lockfile = values.lockfile ?? new URL('../../package-lock.json', import.meta.url);

const packages = shippedPackages(JSON.parse(await readFile(lockfile, 'utf8')));
const sections = [...new Set(packages.map(({ licence }) => licence))].sort().map((licence) => {
  const names = packages.filter((each) => each.licence === licence).map(({ name }) => `\`${name}\``);
  return `## ${licence}\n\n${[...new Set(names)].join(', ')}`;
});
const text = await format(
  `# Licences

What is shipped with Keystream: the packages of an installation without development dependencies, and those that the
pages in \`dist\` are made of. Made by \`npm run licences\` from package-lock.json; a test fails where a licence comes in
that asks for more than a notice.

${sections.join('\n\n')}
`,
  { parser: 'markdown', ...(await resolveConfig(file)) },
);

const refused = unwanted(packages);
for (const { name, licence } of refused)
  console.error(`${name}: ${licence} is none of the permissive licences.`);
if (refused.length > 0) process.exitCode = 1;

if (!values.check) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('docs/licences.md does not match package-lock.json: run `npm run licences` and commit it.');
  process.exitCode = 1;
}
