import { InvalidValueError } from './variable.js';
import { looksWrapped, wrappedKey } from './wrapped-key.js';

describe('a wrapped key', () => {
  it.each([
    ['aws-kms:AQIDAHh+/w==', { service: 'aws-kms', ciphertext: 'AQIDAHh+/w==' }],
    [
      'vault:transit/key:vault:v1:AB+/',
      { service: 'vault', mount: 'transit', key: 'key', ciphertext: 'vault:v1:AB+/' },
    ],
    [
      'vault:a/b.c/d-e/k_1:vault:v12:AA==',
      { service: 'vault', mount: 'a/b.c/d-e', key: 'k_1', ciphertext: 'vault:v12:AA==' },
    ],
  ])('is read: %s', (text, key) => {
    expect(looksWrapped(text)).toBe(true);
    expect(wrappedKey(text)).toEqual(key);
  });

  it.each([
    ...[
      '',
      'AQID',
      'kms:AQID',
      'aws-kms:',
      'aws-kms:AQI',
      'aws-kms:AQI*',
      'aws-kms:AQID\n',
      'aws-kms:AQID AQID',
    ],
    ...['vault:', 'vault:key:vault:v1:AA==', 'vault:transit/key:AA==', 'vault:transit/key:vault:v0:AA=='],
    ...[
      'vault:transit/../key:vault:v1:AA==',
      'vault:/transit/key:vault:v1:AA==',
      'vault:transit//key:vault:v1:AA==',
    ],
    ...[
      'vault:transit/..:vault:v1:AA==',
      'vault:transit/key?x:vault:v1:AA==',
      'vault:tr%61nsit/key:vault:v1:AA==',
    ],
  ])('is refused: %j', (text) => {
    expect(() => wrappedKey(text)).toThrow(InvalidValueError);
  });
});
