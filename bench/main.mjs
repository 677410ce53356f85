// The bench: `npm run bench`. Everything that it starts and makes goes when it ends.
import { buildIfNeeded } from '../scripts/build-if-needed.mjs';
import { Bench } from './bench.mjs';
import { cases } from './cases/cases.mjs';
import { projectFile } from './machine/child.mjs';
import { redisAnswers } from './machine/redis.mjs';
import { databaseUrl, namedDatabaseUrl, namedRedisUrl, redisUrl } from './machine/services.mjs';
import { missing } from './report/figures.mjs';
import { describeMachine } from './report/machine.mjs';
import { mergeRows, readResults, writeDocs, writeResults } from './report/results.mjs';
import { textTable } from './report/table.mjs';
import { endInOrder } from './end-in-order.mjs';

buildIfNeeded(projectFile('dist/main.js'), 2);
/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(new URL('../dist/cli/run-command.js', import.meta.url).href);
const options = readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm run bench [-- --cases <names>] [--rounds <number>] [--long] [--all] [--smoke] [--json] [--write-docs]',
    does:
      'Measures the server beside a floor and its peers, on BENCH_DATABASE_URL and BENCH_REDIS_URL.\n\n' +
      cases.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n'),
    options: {
      '--cases <names>': 'only these, with commas between them',
      '--rounds <number>': 'how often each is measured; 3 where that is left out',
      '--long': 'the open streams: 5,000 of them, for ten minutes',
      '--all': 'also what takes long: history, install',
      '--smoke': 'only whether it runs: a few streams, on an embedded database where none is named',
      '--json': 'print the figures as JSON',
      '--write-docs': 'put the figures into bench/results.json and docs/performance.md',
    },
  },
  {
    cases: { type: 'string' },
    rounds: { type: 'string' },
    long: { type: 'boolean' },
    all: { type: 'boolean' },
    smoke: { type: 'boolean' },
    json: { type: 'boolean' },
    'write-docs': { type: 'boolean' },
  },
);

const smoke = options.smoke ?? false;
const rounds = Number(options.rounds ?? (smoke ? 1 : 3));
const chosen = chooseCases();
if (!Number.isInteger(rounds) || rounds < 1) refuse('--rounds takes a whole number above 0.');

// The smoke runs without any, but not past one that is named.
const redis = smoke ? namedRedisUrl : redisUrl;
const bench = new Bench({
  databaseUrl: smoke ? namedDatabaseUrl : databaseUrl,
  redisUrl: redis !== null && (await redisAnswers(redis)) ? redis : null,
  rounds,
  size: smoke ? 'smoke' : options.long ? 'long' : 'short',
  // Standard output belongs to the figures.
  say: (text) => process.stderr.write(`${text}\n`),
});

await endInOrder(bench, async () => {
  await bench.start();
  const rows = [];
  for (const { name, title, run } of chosen) {
    bench.say(`${name}: ${title}`);
    // One that fails takes none of the others with it: its row says why.
    rows.push(...(await run(bench).catch((/** @type {unknown} */ error) => failed(name, error))));
  }
  if (options['write-docs']) {
    const results = await readResults();
    const machine = describeMachine(bench);
    await writeResults({ ...results, machine, rows: mergeRows(results.rows, rows) });
    await writeDocs();
  }
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine: describeMachine(bench), rows }, null, 2)}\n`
      : `${describeMachine(bench)}\n\n${textTable(rows)}\n`,
  );
});

/** @param {string} name @param {unknown} error */
function failed(name, error) {
  return [missing(name, 'failed', error instanceof Error ? error.message : String(error))];
}

function chooseCases() {
  if (options.cases === undefined)
    return cases.filter(({ inSmoke, onRequest }) => (smoke ? inSmoke : options.all || !onRequest));
  const names = options.cases.split(',');
  const unknown = names.filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0) refuse(`There is no case of this name: ${unknown.join(', ')}. See --help.`);
  return cases.filter(({ name }) => names.includes(name));
}

/** @param {string} message @returns {never} */
function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
