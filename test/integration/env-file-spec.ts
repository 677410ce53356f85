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

  it('gives way where the environment has the secret and it the file, or the other way round', () => {
    writeFileSync(join(project, '.env'), 'ENCRYPTION_KEY=a\nAUTH_JWT_SECRET_FILE=b\nREDIS_URL_FILE=c\n');
    const names = ['ENCRYPTION_KEY', 'ENCRYPTION_KEY_FILE', 'AUTH_JWT_SECRET', 'AUTH_JWT_SECRET_FILE'];
    expect(variablesSeen(names, { ENCRYPTION_KEY_FILE: 'd', AUTH_JWT_SECRET: 'e' })).toEqual([
      null,
      'd',
      'e',
      null,
    ]);
    expect(variablesSeen(['REDIS_URL', 'REDIS_URL_FILE'], { REDIS_URL: '' })).toEqual(['', null]);
  });

  it('gives way where the environment has the key in its wrapped form', () => {
    writeFileSync(join(project, '.env'), 'ENCRYPTION_KEY=a\n');
    const names = ['ENCRYPTION_KEY', 'ENCRYPTION_KEY_WRAPPED', 'ENCRYPTION_KEY_WRAPPED_FILE'];
    expect(variablesSeen(names, { ENCRYPTION_KEY_WRAPPED: 'b' })).toEqual([null, 'b', null]);
    expect(variablesSeen(names, { ENCRYPTION_KEY_WRAPPED_FILE: 'b' })).toEqual([null, null, 'b']);
  });

  it('does not mix databases that stand in files', () => {
    writeFileSync(join(project, '.env'), 'DATABASE_URL_FILE=a\nMIGRATION_DATABASE_URL_FILE=b\n');
    const names = ['DATABASE_URL_FILE', 'MIGRATION_DATABASE_URL_FILE'];
    expect(variablesSeen(names)).toEqual(['a', 'b']);
    expect(variablesSeen(names, { DATABASE_URL_FILE: 'c' })).toEqual(['c', null]);
    expect(variablesSeen(names, { DATABASE_URL: 'c' })).toEqual([null, null]);
  });

  it('may be absent', () => {
    expect(variablesSeen(['PORT'])).toEqual([null]);
  });
});
