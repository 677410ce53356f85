// Opens the embedded database in DATA_DIR as a server does, says so, and keeps it open until stdin ends.
import { openEmbeddedDatabase } from '../../dist/prisma/embedded-database.js';

try {
  const database = await openEmbeddedDatabase(process.env.DATA_DIR ?? '');
  process.stdout.write('open\n');
  process.stdin.resume().once('end', () => void database.close());
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
