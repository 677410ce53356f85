import { createSecretKey, randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Keyring } from '../../crypto/keyring.js';
import { Vault } from '../../crypto/vault.js';
import type { ChatEvent } from '../run/chat-event.js';
import { BrokenRunError } from './broken-run.error.js';
import { RunSealer } from './run-sealer.js';

Logger.overrideLogger(false);

const run = { userId: 'alice', chatId: 'chat' };
const delta = (seq: number, text: string): ChatEvent => ({
  __typename: 'TextDelta',
  chatId: run.chatId,
  seq,
  fromSeq: seq,
  text,
});

describe('RunSealer', () => {
  const sealer = new RunSealer(new Vault(new Keyring(createSecretKey(randomBytes(32)))));

  it('opens what it sealed, under the number of the last event', () => {
    const events = [delta(1, 'a'), delta(2, 'ü🔑')];
    const sealed = sealer.sealerOf(run)(events);
    expect(sealer.openerOf(run)(2, sealed)).toEqual(events);
    expect(() => sealer.openerOf(run)(1, sealed)).toThrow(BrokenRunError);
    expect(() => sealer.openerOf({ ...run, userId: 'bob' })(2, sealed)).toThrow(BrokenRunError);
  });

  it('does not give away by its length how long a word is', () => {
    const seal = sealer.sealerOf(run);
    const lengths = ['', 'I', ' am', 'größer', ' internationalization', '日本語'].map(
      (text) => seal([delta(1, text)]).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });
});
