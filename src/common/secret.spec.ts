import { inspect } from 'node:util';
import { Secret } from './secret.js';

describe('Secret', () => {
  it('prints as [secret] in every way a value is printed', () => {
    const secret = Secret.fromText('sk-very-secret');
    const printed = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
    ];
    for (const text of printed) {
      expect(text).toContain('[secret]');
      expect(text).not.toContain('very');
    }
  });

  it('gives the text back to those who may ask', () => {
    expect(Secret.fromText('schlüssel').reveal()).toBe('schlüssel');
  });

  it('does not follow changes to the bytes it was made from', () => {
    const bytes = Buffer.from('abc');
    const secret = Secret.fromBytes(bytes);
    bytes.fill(0);
    expect(secret.reveal()).toBe('abc');
  });

  it('overwrites its bytes when destroyed, and refuses to be read after it', () => {
    const secret = Secret.fromText('abc');
    const bytes = secret.revealBytes();
    secret.destroy();
    expect([...bytes]).toEqual([0, 0, 0]);
    expect(() => secret.reveal()).toThrow('destroyed');
  });
});
