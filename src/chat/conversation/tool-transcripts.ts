import { Injectable } from '@nestjs/common';
import { EnvelopeError } from '../../crypto/envelope-error.js';
import { Vault } from '../../crypto/vault.js';
import type { KeptAnswer, KeptStep } from '../answer/client-tools.js';
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

  /** @param answer of it, the oldest searches stay behind where it is too large, and all where its last turn is */
  seal(userId: string, speaker: Speaker, answer: KeptAnswer): string {
    const opened: OpenedTranscript = { speaker, answer: withinLength(answer) };
    return this.vault.sealText(JSON.stringify(opened), { purpose: 'tool-transcript', userId });
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

function withinLength({ steps, transcript, calls }: KeptAnswer): KeptAnswer | null {
  let room = MAX_LENGTH - JSON.stringify([transcript, calls]).length;
  if (room < 0) return null;
  const carried: KeptStep[] = [];
  for (const step of [...steps].reverse()) {
    room -= JSON.stringify(step).length;
    if (room < 0) break;
    carried.unshift(step);
  }
  return { steps: carried, transcript, calls };
}
