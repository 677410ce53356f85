import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

describe('the file .env beside package.json', () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'keystream-env-'));
    cpSync('scripts/load-env-file.mjs', join(project, 'scripts/load-env-file.mjs'));
  });
  afterEach(() => rmSync(project, { recursive: true }));

  /** What a command that npm runs would see, run from another folder. */
  const variablesSeen = (names: readonly string[], environment: Record<string, string> = {}): unknown => {
    const module = pathToFileURL(join(project, 'scripts/load-env-file.mjs')).href;
    const script = `import { loadEnvFile } from '${module}'; loadEnvFile();
      console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name] ?? null)));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: environment,
      cwd: tmpdir(),
      encoding: 'utf8',
    });
    return JSON.parse(output);
  };

  it('gives its variables, and those of the environment win, empty ones too', () => {
    writeFileSync(join(project, '.env'), 'PORT=1\nHOST=file\nLOG_LEVEL=debug\n');
    expect(variablesSeen(['PORT', 'HOST', 'LOG_LEVEL'], { HOST: 'environment', LOG_LEVEL: '' })).toEqual([
      '1',
      'environment',
      '',
    ]);
  });

  it('does not mix the database of the one with the role for migrations of the other', () => {
    writeFileSync(join(project, '.env'), 'DATABASE_URL=a\nMIGRATION_DATABASE_URL=b\n');
    const names = ['DATABASE_URL', 'MIGRATION_DATABASE_URL'];
    expect(variablesSeen(names)).toEqual(['a', 'b']);
    expect(variablesSeen(names, { DATABASE_URL: 'c' })).toEqual(['c', null]);
  });

  it('may be absent', () => {
    expect(variablesSeen(['PORT'])).toEqual([null]);
  });
});
