import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { currentScope, runInScope } from './request-scope.js';

const newResponse = (): ServerResponse => new EventEmitter() as ServerResponse;

/** The id of the request under way, after a promise. */
async function idLater(): Promise<string | undefined> {
  await Promise.resolve();
  return currentScope()?.requestId;
}

describe('the scope of a request', () => {
  it('is that of each of several at once, through promises, until the last one is answered', async () => {
    const [first, second, third] = [newResponse(), newResponse(), newResponse()];
    const seen: Promise<string | undefined>[] = [];
    runInScope({ requestId: 'first', document: null }, first, () => seen.push(idLater()));
    runInScope({ requestId: 'second', document: null }, second, () => {
      seen.push(idLater());
      first.emit('close');
      seen.push(idLater());
    });
    expect(await Promise.all(seen)).toEqual(['first', 'second', 'second']);
    let found: unknown = 'none asked';
    runInScope({ requestId: 'third', document: null }, third, () => {
      second.emit('close');
      found = currentScope()?.requestId;
    });
    expect(found).toBe('third');
    third.emit('close');
  });

  it('is gone with the last one: nothing of the process is looked after any more', async () => {
    const response = newResponse();
    let later: Promise<string | undefined> = Promise.resolve('');
    runInScope({ requestId: 'one', document: null }, response, () => {
      later = new Promise<void>((resolve) => setImmediate(resolve)).then(() => currentScope()?.requestId);
    });
    response.emit('close');
    // From Node 24 on promises have their scope by themselves, and nothing has to be switched off.
    const isLookedAfter = Number(process.versions.node.split('.')[0]) < 24;
    expect(await later).toBe(isLookedAfter ? undefined : 'one');
  });
});
