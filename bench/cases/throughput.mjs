import { keystreamContestant } from '../load/contestant.mjs';
import { repeat, runLoad } from '../load/run-load.mjs';
import { withClient } from '../machine/databases.mjs';
import { modelOf } from '../parts/shape.mjs';
import { Figures, missing } from '../report/figures.mjs';

const USERS = 20;
const LOAD = { shape: { words: 1 }, streams: 2_000, concurrency: 50, warm: 300 };
/** How many chats have ended when the server is killed. */
const KILLED_AFTER = 300;
const SUBJECT = 'Keystream';

/** @type {import('./case.mjs').Case} */
export const throughput = {
  name: 'throughput',
  title: 'short chats a second, 50 at a time, on one core',
  async run(bench) {
    const keystream = await bench.keystream();
    const { url } = keystream.database;
    if (url === null) return [missing(throughput.name, SUBJECT, 'it counts transactions of a PostgreSQL')];
    const figures = new Figures(throughput.name);
    const contestant = keystreamContestant(SUBJECT, keystream, await keystream.enrol(USERS));
    await bench.eachRound(async () => {
      const before = await nextTransaction(url);
      const { ran, wallMs, failures } = await runLoad(contestant, LOAD);
      const seconds = wallMs / 1_000;
      // The first chats, which warm it up, wrote as well.
      const perChat = ((await nextTransaction(url)) - before) / (ran + LOAD.warm);
      figures.add({
        subject: SUBJECT,
        measure: 'chats a second',
        value: ran / seconds,
        goal: '1,000, as far as one core goes',
      });
      figures.add({
        subject: SUBJECT,
        measure: 'write transactions a second',
        value: (perChat * ran) / seconds,
        goal: '≤ 100',
      });
      figures.count(SUBJECT, LOAD.streams, failures);
    });
    figures.add({
      subject: SUBJECT,
      measure: 'rows missing after kill -9',
      value: await rowsMissingAfterKill(contestant, url),
      goal: '0',
    });
    return figures.rows();
  },
};

/**
 * The number of the next transaction that writes: one that only reads takes none. It counts what all databases of the
 * PostgreSQL write.
 *
 * @param {string} url
 */
const nextTransaction = (url) =>
  withClient(url, async (client) => {
    const { rows } = await client.query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
    return Number(rows[0].next);
  });

/**
 * Kills the server under load, and looks for the rows of all chats whose end a client had seen by then.
 *
 * @param {import('../load/contestant.mjs').Contestant} contestant
 * @param {string} url
 */
async function rowsMissingAfterKill(contestant, url) {
  const clients = await Promise.all(
    Array.from({ length: LOAD.concurrency }, (_, index) => contestant.connect(index)),
  );
  /** @type {string[]} */
  const seen = [];
  await repeat(LOAD.streams, LOAD.concurrency, async (worker) => {
    const client = clients[worker];
    if (!client) return;
    const { answer, ended } = client.chat(modelOf(LOAD.shape));
    await ended;
    if (answer.chatId !== null) seen.push(answer.chatId);
    if (seen.length === KILLED_AFTER) await contestant.child.stop('SIGKILL');
  });
  const { rows } = await withClient(url, (client) =>
    client.query(
      "SELECT count(*) FROM audit_events WHERE kind = 'CHAT_FINISHED' AND chat_id = ANY($1::uuid[])",
      [seen],
    ),
  );
  return seen.length - Number(rows[0].count);
}
