import { keystreamContestant } from '../load/contestant.mjs';
import { runLoad } from '../load/run-load.mjs';
import { Figures, missing } from '../report/figures.mjs';

const USERS = 20;
const LOAD = { shape: { words: 1 }, streams: 1_500, concurrency: 20 };
const HALF = { ...LOAD, streams: LOAD.streams / 2, concurrency: LOAD.concurrency / 2 };

/**
 * What a second server adds. Where PostgreSQL, Redis and the load have no processor of their own, the chats a second say
 * little: what counts is how much more of a processor a chat takes once there are two servers.
 *
 * @type {import('./case.mjs').Case}
 */
export const twoServers = {
  name: 'two-servers',
  title: 'short chats on two servers with one PostgreSQL and one Redis, against one such server',
  async run(bench) {
    const { redisUrl } = bench.settings;
    if (redisUrl === null || bench.isEmbedded)
      return [missing(twoServers.name, 'two servers', 'they need a PostgreSQL and a Redis')];
    const figures = new Figures(twoServers.name);
    const first = await bench.keystream({ redisUrl });
    const tokens = await first.enrol(USERS);
    const one = keystreamContestant('one server', first, tokens);
    const second = await bench.keystreamOn(first.database, { redisUrl, core: bench.cores.load });
    const other = keystreamContestant('the second server', second, tokens);
    // Both are there from the beginning, and as warm: only the load moves.
    for (const contestant of [one, other]) await runLoad(contestant, LOAD);
    await bench.eachRound(async () => {
      const alone = await runLoad(one, LOAD);
      const both = await Promise.all([one, other].map((contestant) => runLoad(contestant, HALF)));
      const ran = both.reduce((sum, each) => sum + each.ran, 0);
      const together = both.reduce((sum, each) => sum + each.processorMs, 0) / ran;
      const wallMs = Math.max(...both.map((each) => each.wallMs));
      add('one server', alone.millisecondsPerChat, (1_000 * alone.ran) / alone.wallMs);
      add('two servers', together, (1_000 * ran) / wallMs);
      figures.add({
        subject: 'two servers',
        measure: 'times the chats of one, by the processor',
        value: (2 * alone.millisecondsPerChat) / together,
        goal: '≥ 1.8',
      });
      figures.count('one server', LOAD.streams, alone.failures);
      for (const each of both) figures.count('two servers', HALF.streams, each.failures);
    });
    await Promise.all([first.child.stop(), second.child.stop()]);
    return figures.rows();

    /** @param {string} subject @param {number} perChat @param {number} perSecond */
    function add(subject, perChat, perSecond) {
      figures.add({ subject, measure: 'ms of CPU a chat', value: perChat });
      figures.add({ subject, measure: 'chats a second', value: perSecond });
    }
  },
};
