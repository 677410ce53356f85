import { run } from '../support/database-commands.js';

/** Every command of package.json that takes arguments of ours, as npm runs it. */
const commands: readonly (readonly [name: string, script: string, ...args: string[]])[] = [
  ['npm start', 'scripts/start.mjs'],
  ['npm run token', 'scripts/run.mjs', 'token'],
  ['npm run migrate', 'scripts/run.mjs', 'migrate'],
  ['npm run migrate:status', 'scripts/run.mjs', 'migrate-status'],
  ['npm run migrate:new', 'scripts/run.mjs', 'migrate-new'],
  ['npm run keys:status', 'scripts/run.mjs', 'keys-status'],
  ['npm run keys:rotate', 'scripts/run.mjs', 'keys-rotate'],
  ['npm run keys:retire', 'scripts/run.mjs', 'keys-retire'],
  ['npm run migrate:check', 'scripts/run.mjs', 'migrate-check'],
  ['npm run prisma:check', 'scripts/check-prisma-client.mjs'],
  ['npm run schema', 'scripts/write-schema.mjs'],
  ['npm run demo', 'demo/main.mjs'],
  ['npm run chaos', 'scripts/chaos.mjs'],
];

describe.each(commands)('%s', (name, ...command) => {
  const call = (argument: string) => run(process.execPath, [...command, argument], {});
  const usage = new RegExp(`^Usage: ${name}\\b`, 'm');

  it('helps', async () => {
    expect(await call('--help')).toEqual({ code: 0, output: expect.stringMatching(usage) });
  });

  it('does nothing where it is called with what it does not take, and says how it is called', async () => {
    const { code, output } = await call('--no-such-option');
    expect({ code, output }).toEqual({
      code: 1,
      output: expect.stringContaining("Unknown option '--no-such-option'"),
    });
    expect(output).toMatch(usage);
    expect(output).not.toMatch(/^\s+at /m);
  });
});
