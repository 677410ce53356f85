import { APIConnectionTimeoutError as AnthropicTimeout } from '@anthropic-ai/sdk';
import { APIConnectionError, APIConnectionTimeoutError as OpenAiTimeout } from 'openai';
import {
  KeyRejectedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from '../outbound/upstream-error.js';
import { adapterFailure, answerOf } from './adapter-failure.js';

const translated = new ProviderUnavailableError();
const failureOf = (caught: unknown, signal = new AbortController().signal): unknown =>
  adapterFailure(caught, signal, () => translated);

describe('adapterFailure', () => {
  it('is the reason of the abort, whatever the package made of it', () => {
    const reason = new Error('left');
    expect(failureOf(new Error('Request was aborted.'), AbortSignal.abort(reason))).toBe(reason);
  });

  it('is our own error, also where the package has wrapped it', () => {
    const own = new KeyRejectedError();
    expect(failureOf(own)).toBe(own);
    expect(failureOf(new APIConnectionError({ message: 'Connection error.', cause: own }))).toBe(own);
  });

  it.each([
    ['openai', new OpenAiTimeout()],
    ['@anthropic-ai/sdk', new AnthropicTimeout()],
  ])('is our timeout where %s has replaced it', (_name, timeout) => {
    expect(failureOf(timeout)).toBeInstanceOf(ProviderTimeoutError);
  });

  it.each([new Error('sk-key is bad'), new SyntaxError('Unexpected token s'), 'text', undefined])(
    'is translated where it is %p',
    (caught) => {
      expect(failureOf(caught)).toBe(translated);
    },
  );
});

describe('answerOf', () => {
  it('reads the status and when to come back', () => {
    const headers = new Headers({ 'retry-after': '2' });
    expect(answerOf({ status: 429, headers })).toEqual({ status: 429, retryAfterMs: 2000 });
  });

  it('has nothing for an error without an answer', () => {
    expect(answerOf(new Error('x'))).toEqual({ status: null, retryAfterMs: null });
  });
});
