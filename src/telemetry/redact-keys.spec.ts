import { redactKeys } from './redact-keys.js';

describe('redactKeys', () => {
  it.each([
    'sk-proj-Zq7Zq7Zq7Zq7',
    'sk-ant-api03-Zq7Zq7Zq7',
    'AIzaZq7Zq7Zq7Zq7',
    'tvly-Zq7Zq7Zq7',
    '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d',
    '0A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D',
  ])('takes %s out of a text', (key) => {
    expect(redactKeys(`The key "${key}" and ${key}.`)).toBe('The key "[redacted]" and [redacted].');
  });

  it('leaves what is none', () => {
    const text = 'at run (dist/chat/chat-run.js:10:4) 0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';
    expect(redactKeys(text)).toBe(text);
  });
});
