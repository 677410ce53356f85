import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { cases } from '../cases/cases.mjs';
import { projectFile } from '../machine/child.mjs';
import { profileTable } from './profile-table.mjs';
import { markdownRows } from './table.mjs';

const RESULTS = projectFile('bench/results.json');
const DOCUMENT = projectFile('docs/performance.md');

/**
 * What bench/results.json holds: the figures that docs/performance.md shows.
 *
 * @typedef {object} Results
 * @property {string} machine where they come from
 * @property {import('./figures.mjs').Row[]} rows
 * @property {import('./profile-table.mjs').LabelledProfile[]} profiles
 * @property {import('./line-chart.mjs').Curve[]} curves
 */

/** @returns {Promise<Results>} */
export async function readResults() {
  const none = { machine: '', rows: [], profiles: [], curves: [] };
  return { ...none, ...JSON.parse(await readFile(RESULTS, 'utf8').catch(() => '{}')) };
}

/** @param {Results} results */
export async function writeResults(results) {
  await writeFormatted(RESULTS, JSON.stringify(results));
}

/**
 * What has been measured anew takes the place of what was measured before, in the order of the cases.
 *
 * @param {import('./figures.mjs').Row[]} before
 * @param {import('./figures.mjs').Row[]} rows
 */
export function mergeRows(before, rows) {
  const measured = new Set(rows.map((row) => row.case));
  const all = [...before.filter((row) => !measured.has(row.case)), ...rows];
  return cases.flatMap(({ name }) => all.filter((row) => row.case === name));
}

/** Puts the figures between their markers in docs/performance.md. */
export async function writeDocs() {
  const { machine, rows, profiles } = await readResults();
  const sections = {
    cases: `${machine}.\n\n${markdownRows(rows)}`,
    titles: cases.map(({ name, title }) => `- \`${name}\`: ${title}`).join('\n'),
    profile: profileTable(profiles),
  };
  let text = await readFile(DOCUMENT, 'utf8');
  for (const [name, content] of Object.entries(sections)) text = between(text, name, content);
  await writeFormatted(DOCUMENT, text);
}

/** @param {string} text @param {string} name @param {string} content */
function between(text, name, content) {
  const begin = `<!-- bench:${name} -->`;
  const end = `<!-- /bench:${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no ${begin} … ${end}.`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

/** @param {string} path @param {string} text */
async function writeFormatted(path, text) {
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
