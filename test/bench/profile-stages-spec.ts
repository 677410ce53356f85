import { timeByStage } from '../../bench/profile-stages.mjs';

/** A profile in which each function calls the next one, and each was seen once, a millisecond after the other. */
const chainOf = (...frames: readonly (readonly [functionName: string, url: string])[]) => ({
  nodes: frames.map(([functionName, url], index) => ({
    id: index + 1,
    callFrame: { functionName, url },
    ...(index + 1 < frames.length && { children: [index + 2] }),
  })),
  startTime: 5_000,
  samples: frames.map((_, index) => index + 1),
  timeDeltas: frames.map(() => 1_000),
});
const ROOT = ['(root)', ''] as const;
const stagesOf = (...frames: readonly (readonly [string, string])[]): [string, number][] =>
  [...timeByStage(chainOf(ROOT, ...frames))].slice(1);

describe('the stages of a profile', () => {
  it('are packages, parts of Node and folders of ours', () => {
    expect(
      stagesOf(
        ['execute', 'file:///app/node_modules/graphql/execution/execute.mjs'],
        ['push', 'file:///app/dist/chat/run/run-log.js'],
        ['append', 'file:///app/dist/audit/audit.service.js'],
        ['query', 'file:///app/node_modules/pg/lib/client.js'],
        ['emit', 'node:events'],
        ['main', 'file:///app/dist/main.js'],
        ['select', 'file:///app/dist/prisma/generated/internal/class.js'],
        ['compile', 'wasm://wasm/00af'],
        ['unknown', 'evalmachine.<anonymous>'],
      ),
    ).toEqual([
      ['GraphQL execution', 1_000],
      ['src/chat/run', 1_000],
      ['src/audit', 1_000],
      ['Prisma and the database client', 3_000],
      ["Node's streams and buffers", 1_000],
      ['src', 1_000],
      ['other code', 1_000],
    ]);
  });

  it('have what the engine does for them', () => {
    expect(
      stagesOf(['push', 'file:///app/dist/outbound/decoder.js'], ['parse', ''], ['charCodeAt', '']),
    ).toEqual([['src/outbound', 3_000]]);
  });

  it('have no part of a write to a socket, of cryptography, and of the collection of garbage', () => {
    expect(
      stagesOf(
        ['send', 'file:///app/node_modules/ws/lib/sender.js'],
        ['writev', ''],
        ['hmac', ''],
        ['(garbage collector)', ''],
      ),
    ).toEqual([
      ['WebSocket and its protocol', 1_000],
      ['writing to sockets', 1_000],
      ['cryptography', 1_000],
      ['garbage collection', 1_000],
    ]);
  });

  it('have what was within the time asked for', () => {
    const profile = chainOf(
      ROOT,
      ['push', 'file:///app/dist/chat/log.js'],
      ['query', 'file:///app/node_modules/pg/x.js'],
    );
    expect([...timeByStage(profile, 7_000, 8_000)]).toEqual([['src/chat', 1_000]]);
  });

  it('have no part of the time in which there was nothing to do', () => {
    expect(stagesOf(['(idle)', ''])).toEqual([]);
  });
});
