import { stripVTControlCharacters } from 'node:util';
import { terminalStream } from './terminal-stream.js';

/** What a line of the log looks like, without colours. */
function shown(line: object): string {
  let text = '';
  terminalStream({ write: (part) => (text += part) }).write(JSON.stringify({ level: 30, time: 0, ...line }));
  return stripVTControlCharacters(text);
}

describe('a line of the log in a terminal', () => {
  it('has its time, level, place, message and fields', () => {
    expect(
      shown({ pid: 1, hostname: 'h', context: 'Upstream', msg: 'A provider failed', status: 500 }),
    ).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: \[Upstream\] A provider failed \{"status":500\}\n$/);
    expect(shown({ msg: 'Hello' })).toMatch(/INFO: Hello\s*\n$/);
  });

  it('lets nothing that it quotes move the cursor, or pass for another line', () => {
    const text = shown({
      msg: 'a\u001b[2Jb\nc\rd\u009b31me',
      model: '\u001b]0;title\u0007',
      'na\u001bme': 1,
      err: { message: 'x\n[00:00:00] INFO: y', stack: 'Error: x\u001b[2J\n    at z' },
    });
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).toContain('a\\u001b[2Jb\\u000ac\\u000dd\\u009b31me');
    expect(text).not.toMatch(/^\[00:00:00\] INFO: y/m);
    expect(text).toMatch(/^ *at z/m);
  });
});
