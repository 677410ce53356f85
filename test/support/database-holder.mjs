// Opens the embedded database in DATA_DIR as a server does, says so, and keeps it open until stdin ends.
/** @type {typeof import('../../src/prisma/embedded-database.js')} */
const { openEmbeddedDatabase } = await import(
  new URL('../../dist/prisma/embedded-database.js', import.meta.url).href
);

try {
  const database = await openEmbeddedDatabase(process.env.DATA_DIR ?? '');
  process.stdout.write('open\n');
  process.stdin.resume().once('end', () => void database.close());
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
