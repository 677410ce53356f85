// Fails where src/prisma/generated is not what `npx prisma generate` makes of prisma/schema.prisma.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(new URL('../dist/cli/run-command.js', import.meta.url).href);
readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm run prisma:check',
    does: 'Exits with 1 where the migrations or src/prisma/generated do not fit prisma/schema.prisma.',
  },
  {},
);

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = join('src', 'prisma', 'generated');

/** @param {string} folder */
async function readFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    await Promise.all(
      paths.map(
        async (path) => /** @type {const} */ ([path.slice(folder.length + 1), await readFile(path, 'utf8')]),
      ),
    ),
  );
}

// The same folders in another place: the generated code keeps the schema's text, relative paths included.
const elsewhere = await mkdtemp(join(tmpdir(), 'keystream-client-'));
try {
  const schema = join('prisma', 'schema.prisma');
  await cp(join(root, schema), join(elsewhere, schema));
  const { status } = spawnSync('npx', ['prisma', 'generate', '--schema', join(elsewhere, schema)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(1);
  const [committed, fresh] = await Promise.all([
    readFolder(join(root, generated)),
    readFolder(join(elsewhere, generated)),
  ]);
  const stale = [...new Set([...committed.keys(), ...fresh.keys()])].filter(
    (path) => committed.get(path) !== fresh.get(path),
  );
  if (stale.length > 0) {
    console.error(`The Prisma client is not the schema's: ${stale.join(', ')}.\nRun: npx prisma generate`);
    process.exitCode = 1;
  }
} finally {
  await rm(elsewhere, { recursive: true, force: true });
}
