import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listVariables } from '../../src/config/load-config.js';
import { registry } from '../../src/providers/registry/registry.js';

interface Line {
  readonly name: string;
  readonly value: string;
  readonly meaning: string | undefined;
}

/** Each `NAME=value` with the comment right above it. */
function readExample(): Line[] {
  const lines = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    const meaning = /^# (.+)$/.exec(lines[index - 1] ?? '')?.[1];
    return name === undefined || value === undefined ? [] : [{ name, value, meaning }];
  });
}

describe('.env.example', () => {
  it('lists every variable that the code reads, and no other, with its meaning and default', () => {
    const variables = listVariables(registry);
    expect(readExample()).toEqual(
      variables.map(({ name, meaning, default: value }) => ({ name, meaning, value: value ?? '' })),
    );
  });

  it('lists nothing twice', () => {
    const names = readExample().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a variable', () => {
  it.each(listVariables(registry))('$name has a one-line meaning and a default that is valid', (variable) => {
    expect(variable.meaning).toMatch(/^[^\n]{5,110}$/);
    if (variable.default !== null) expect(() => variable.parse(variable.default ?? '')).not.toThrow();
  });
});
