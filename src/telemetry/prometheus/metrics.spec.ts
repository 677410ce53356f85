import { Registry } from 'prom-client';
import {
  type EndedUse,
  keyResolved,
  limitReached,
  providerFailed,
  useEnded,
  useRefused,
} from '../signals/signals.js';
import { countSignals } from './metrics.js';

const end: EndedUse = {
  use: 'chat',
  provider: 'OPENAI',
  keySource: 'USER',
  outcome: 'OK',
  inputTokens: 10,
  outputTokens: 5,
  timeToFirstTokenMs: 250,
  durationMs: 1_500,
};

describe('metrics', () => {
  let registry: Registry;
  let stop: () => void;
  beforeEach(() => {
    registry = new Registry();
    stop = countSignals(registry, ['OPENAI', 'BRAVE']);
  });
  afterEach(() => stop());

  /** Lines of this metric, without its buckets. */
  async function linesOf(name: string): Promise<string[]> {
    const text = await registry.metrics();
    return text.split('\n').filter((line) => line.startsWith(name) && !line.includes('_bucket'));
  }

  it('count chats and searches that have ended, with their tokens and times', async () => {
    useEnded.tell(end);
    useEnded.tell({
      ...end,
      outcome: 'KEY_REJECTED',
      inputTokens: null,
      outputTokens: null,
      timeToFirstTokenMs: null,
    });
    useEnded.tell({
      ...end,
      use: 'search',
      provider: 'BRAVE',
      keySource: 'SERVER',
      inputTokens: null,
      outputTokens: null,
      timeToFirstTokenMs: null,
      durationMs: null,
    });
    expect(await linesOf('keystream_uses_ended_total')).toEqual([
      'keystream_uses_ended_total{use="chat",provider="OPENAI",source="USER",outcome="OK"} 1',
      'keystream_uses_ended_total{use="chat",provider="OPENAI",source="USER",outcome="KEY_REJECTED"} 1',
      'keystream_uses_ended_total{use="search",provider="BRAVE",source="SERVER",outcome="OK"} 1',
    ]);
    expect(await linesOf('keystream_tokens_total')).toEqual([
      'keystream_tokens_total{provider="OPENAI",source="USER",direction="input"} 10',
      'keystream_tokens_total{provider="OPENAI",source="USER",direction="output"} 5',
    ]);
    expect(await linesOf('keystream_chat_first_token_seconds')).toEqual([
      'keystream_chat_first_token_seconds_sum{provider="OPENAI"} 0.25',
      'keystream_chat_first_token_seconds_count{provider="OPENAI"} 1',
    ]);
    expect(await linesOf('keystream_use_duration_seconds')).toEqual([
      'keystream_use_duration_seconds_sum{use="chat",provider="OPENAI"} 3',
      'keystream_use_duration_seconds_count{use="chat",provider="OPENAI"} 2',
    ]);
  });

  it('count what else is told', async () => {
    keyResolved.tell({ milliseconds: 20 });
    useRefused.tell({ use: 'search', outcome: 'NO_KEY_AVAILABLE' });
    providerFailed.tell({ provider: 'BRAVE', code: 'PROVIDER_TIMEOUT' });
    limitReached.tell({ limit: 'chats per minute' });
    expect(await linesOf('keystream_key_resolution_seconds_sum')).toEqual([
      'keystream_key_resolution_seconds_sum 0.02',
    ]);
    expect(await linesOf('keystream_uses_refused_total')).toEqual([
      'keystream_uses_refused_total{use="search",outcome="NO_KEY_AVAILABLE"} 1',
    ]);
    expect(await linesOf('keystream_provider_failures_total')).toEqual([
      'keystream_provider_failures_total{provider="BRAVE",code="PROVIDER_TIMEOUT"} 1',
    ]);
    expect(await linesOf('keystream_limit_refusals_total')).toEqual([
      'keystream_limit_refusals_total{limit="chats per minute"} 1',
    ]);
  });

  it('have no label of which the values are not known beforehand', async () => {
    for (let index = 0; index < 3; index += 1) {
      const made = `sk-made-up-${String(index)}`;
      useEnded.tell({ ...end, provider: made, keySource: made, outcome: made });
      useRefused.tell({ use: 'chat', outcome: made });
      providerFailed.tell({ provider: made, code: made });
    }
    expect(await linesOf('keystream_uses_ended_total')).toEqual([
      'keystream_uses_ended_total{use="chat",provider="OTHER",source="OTHER",outcome="OTHER"} 3',
    ]);
    expect(await registry.metrics()).not.toContain('made-up');
  });

  it('count nothing when they have ended', async () => {
    stop();
    useEnded.tell(end);
    expect(await linesOf('keystream_uses_ended_total')).toEqual([]);
  });
});
