import { Injectable } from '@nestjs/common';
import { EnvelopeError } from '../../crypto/envelope-error.js';
import { Vault } from '../../crypto/vault.js';
import type { KeptAnswer } from '../answer/client-tools.js';
import type { OpenedTranscript, Speaker } from './conversation.js';

/** The most that a transcript carries, in characters of JSON: sealed, it leaves room for more in a body of 1 MiB. */
const MAX_LENGTH = 384 * 1024;

/**
 * What a model needs to be told again, in the hands of the client: sealed, for it holds what the provider keeps from
 * users (their hidden reasoning), what others wrote (search results), and must come back as it went out.
 */
@Injectable()
export class ToolTranscripts {
  constructor(private readonly vault: Vault) {}

  /** @param answer of it, the searches before its last turn stay behind where it is too large, then all of it */
  seal(userId: string, speaker: Speaker, answer: KeptAnswer): string {
    const carried = [answer, { ...answer, steps: [] }]
      .map((kept): string => JSON.stringify({ speaker, answer: kept } satisfies OpenedTranscript))
      .find(({ length }) => length <= MAX_LENGTH);
    const text = carried ?? JSON.stringify({ speaker, answer: null } satisfies OpenedTranscript);
    return this.vault.sealText(text, { purpose: 'tool-transcript', userId });
  }

  /** @returns null for what does not open: changed, another user's, or sealed with a key that is retired */
  open(userId: string, transcript: string): OpenedTranscript | null {
    try {
      const text = this.vault.openText(transcript, { purpose: 'tool-transcript', userId });
      return JSON.parse(text) as OpenedTranscript;
    } catch (error) {
      if (error instanceof EnvelopeError) return null;
      throw error;
    }
  }
}
