import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { blockEventLoop } from '../../test/support/block-event-loop.js';
import { PatientTimer } from './patient-timer.js';

describe('A patient timer', () => {
  /** Resolves with what came first: the end of the time, or what is asked of `begin`. */
  const firstOf = (milliseconds: number, begin: (heard: () => void) => void): Promise<string> =>
    new Promise((resolve) => {
      const timer = new PatientTimer(milliseconds, () => resolve('time is up'));
      begin(() => {
        timer.stop();
        resolve('heard');
      });
    });

  it('says that the time is up where no sign came', async () => {
    const startedAt = performance.now();
    expect(await firstOf(30, () => undefined)).toBe('time is up');
    expect(performance.now() - startedAt).toBeGreaterThan(29);
  });

  it('says so on a server whose every turn is long, too', async () => {
    const settled = jest.fn();
    const outcome = firstOf(400, () => undefined).then(settled);
    let turns = 0;
    for (; settled.mock.calls.length === 0 && turns < 100; turns += 1) {
      blockEventLoop(60);
      await nextTurn();
    }
    await outcome;
    expect(settled).toHaveBeenCalledWith('time is up');
    // Each of them counts for 50 ms.
    expect(turns).toBeGreaterThanOrEqual(8);
  });

  it.each([
    ['begins again where it is restarted', true],
    ['says nothing where it was stopped', false],
  ])('%s', async (_, isRestarted) => {
    const expired = jest.fn();
    const timer = new PatientTimer(20, expired);
    timer.stop();
    expect(timer.isRunning).toBe(false);
    if (isRestarted) timer.restart();
    await firstOf(60, () => undefined);
    expect(expired).toHaveBeenCalledTimes(isRestarted ? 1 : 0);
    expect(timer.isRunning).toBe(false);
    if (!isRestarted) return;
    timer.restart();
    await firstOf(60, () => undefined);
    expect(expired).toHaveBeenCalledTimes(2);
  });

  describe('of a server that hangs', () => {
    let ours: Socket;
    let theirs: Socket;
    let close: () => void;
    beforeEach(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      ours = connect((server.address() as AddressInfo).port, '127.0.0.1');
      [theirs] = await accepted;
      await new Promise<void>((resolve) => (ours.connecting ? ours.once('connect', resolve) : resolve()));
      close = () => {
        ours.destroy();
        theirs.destroy();
        server.close();
      };
    });
    afterEach(() => close());

    it('hears what came before the time was up', async () => {
      const outcome = await firstOf(100, (heard) => {
        ours.once('data', heard);
        theirs.write('in time');
        blockEventLoop(300);
      });
      expect(outcome).toBe('heard');
    });

    it('hears what came while the loop was blocked at the very end of the time', async () => {
      const outcome = await firstOf(40, (heard) => {
        ours.once('data', heard);
        const hang = (): void => {
          theirs.write('in time');
          blockEventLoop(300);
        };
        // What comes next then are the timers, before the sockets.
        setTimeout(() => setImmediate(hang), 20);
      });
      expect(outcome).toBe('heard');
    });

    it('does not count the time of a blocked loop against work of several turns', async () => {
      const outcome = await firstOf(200, (heard) => {
        let rounds = 0;
        theirs.on('data', () => theirs.write('an answer'));
        ours.on('data', () => {
          rounds += 1;
          if (rounds === 5) heard();
          else ours.write('a question');
        });
        ours.write('a question');
        blockEventLoop(400);
      });
      expect(outcome).toBe('heard');
    });
  });
});
