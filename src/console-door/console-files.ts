import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entriesWithin } from '../common/entries-within.js';
import { StartupError } from '../common/startup-error.js';
import { type PersistedOperation, persistedOperations } from '../config/persisted-operations.js';
import { InvalidValueError } from '../config/variable.js';
import { PageTemplate } from './page-template.js';

/** Where the build puts the page: seen from the source and from what it is compiled to, the same place. */
export const builtConsole = fileURLToPath(new URL('../../dist/console/', import.meta.url));

/** Compressed copies, which stand in for the file beside them and are none themselves. */
const COPIES = /\.(br|gz)$/;

/**
 * The built page. Its folder holds `index.html` and `renewed.html` ({@link PageTemplate}), `assets` with all that they load,
 * each text with compressed copies beside it, `licences.txt`, and `operations.json`, the manifest of all that the page asks of
 * GraphQL.
 */
export class ConsoleFiles {
  readonly index: PageTemplate;
  readonly renewed: PageTemplate;
  /** Of the packages that it is built with: they want theirs to go with each copy. */
  readonly licences: string;
  /** Where the assets are; each name with `/` between folders. */
  readonly assetsFolder: string;
  readonly assets: ReadonlySet<string>;

  private constructor(private readonly folder: string) {
    this.index = new PageTemplate(read(folder, 'index.html'));
    this.renewed = new PageTemplate(read(folder, 'renewed.html'));
    if (!this.index.has('nonce') || !this.index.has('content'))
      throw unfit('index.html has no place for its nonce, or none for its settings');
    this.licences = read(folder, 'licences.txt');
    this.assetsFolder = join(folder, 'assets');
    this.assets = new Set(namesIn(this.assetsFolder));
  }

  /**
   * @returns null where no page was built
   * @throws StartupError where a part of it is missing
   */
  static find(folder: string): ConsoleFiles | null {
    return existsSync(join(folder, 'index.html')) ? new ConsoleFiles(folder) : null;
  }

  /** @throws StartupError */
  readOperations(): readonly PersistedOperation[] {
    try {
      return persistedOperations.parse(join(this.folder, 'operations.json'));
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      throw unfit(`its list of operations ${error.message}`);
    }
  }
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    throw unfit(`${name} cannot be read`);
  }
}

/** Regular files alone, and none whose name begins with a dot, nor any in such a folder. */
function namesIn(folder: string): string[] {
  if (!existsSync(folder)) throw unfit('assets is missing');
  return [...entriesWithin(folder)]
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !COPIES.test(name) && !`/${name}`.includes('/.'));
}

const unfit = (mistake: string): StartupError =>
  new StartupError(
    `The console in dist/console is incomplete: ${mistake}. Run npm run build, or turn it off with CONSOLE=off.`,
  );
