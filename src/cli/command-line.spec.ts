import { StartupError } from '../common/startup-error.js';
import { HelpRequest, readOptions, UsageError } from './command-line.js';

const usage = { call: 'npm run x', does: 'Does it.', options: { '--name <name>': 'whose' } };
const read = (...commandLine: string[]) => readOptions(commandLine, usage, { name: { type: 'string' } });

const TEXT = `Usage: npm run x

Does it.

  --name <name>  whose
  --help         print this`;

describe('the options of a command', () => {
  it('are read', () => {
    expect(read('--name', 'a')).toEqual({ name: 'a' });
    expect(read()).toEqual({});
  });

  it.each([[['--help']], [['-h']], [['--name', 'a', '--help']], [['--other', '--help']]])(
    'give way to help: %j',
    (commandLine) => {
      const act = () => read(...commandLine);
      expect(act).toThrow(HelpRequest);
      expect(act).toThrow(new StartupError(TEXT));
    },
  );

  it.each([[['--other']], [['-x']], [['--name']], [['a']], [['--help=no']]])(
    'are refused with the usage where there are none like them: %j',
    (commandLine) => {
      const act = () => read(...commandLine);
      expect(act).toThrow(UsageError);
      expect(act).toThrow(/^.+\n\nUsage: npm run x\n/);
    },
  );
});
