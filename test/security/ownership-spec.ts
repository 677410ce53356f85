import { doors } from '../support/doors.js';
import { ATTACKER, attempts } from '../support/ownership-attempts.js';
import { signToken, type TestServer } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { Limits } from '../../src/limits/limits.service.js';
import { alarm, chatOf, makeVictim, type Victim } from '../support/victim.js';
import { ENDLESS, type WholeDocument, wholeDocuments } from '../support/whole-document.js';

const VICTIM = 'alice-7f3e';

interface Answered {
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  /** Every byte of it. */
  readonly text: string;
}

type Ask = (server: TestServer, query: string, variables: Record<string, unknown>) => Promise<Answered>;

const overHttp: Ask = (server, query, variables) => server.post(ATTACKER, query, variables);

const byAddress: Ask = async (server, query, variables) => {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${server.url}/graphql?${parameters.toString()}`, {
    headers: { authorization: `Bearer ${await signToken(ATTACKER)}`, 'apollo-require-preflight': '1' },
  });
  const text = await response.text();
  return { ...(JSON.parse(text) as Answered), text };
};

const overDoors: readonly Ask[] = doors.map((door) => async (server, query, variables) => {
  const subscription = await door.subscribe(server, ATTACKER, query, variables);
  const results: Record<string, any>[] = [];
  for (let result = await subscription.next(); result; result = await subscription.next())
    results.push(result);
  subscription.cut();
  return { ...(results[0] as Answered), text: JSON.stringify(results) };
});

const waysOf: Readonly<Record<WholeDocument['operation'], readonly Ask[]>> = {
  query: [overHttp, byAddress],
  mutation: [overHttp],
  subscription: overDoors,
};

const documents = wholeDocuments();
const titled = documents.map((document) => [`${document.operation} ${document.name}`, document] as const);

describe('what is another user’s', () => {
  const server = useTestServer();
  let victim: Victim;
  let before: string;
  beforeEach(async () => {
    victim = await makeVictim(server(), VICTIM);
    before = await victim.rows();
  });

  afterEach(() => victim.leave());

  async function expectUntouched(): Promise<void> {
    expect(await victim.rows()).toBe(before);
    expect(victim.isAnswered()).toBe(true);
  }

  const marksIn = (text: string): string[] => victim.marks.filter((mark) => text.includes(mark));

  it.each(titled)('is neither shown nor changed: %s', async (title, { name, operation, query }) => {
    const asked = server().standIn.requests.length;
    for (const { variables, answer } of attempts[title]!(victim)) {
      for (const ask of waysOf[operation]) {
        const { data, errors, text } = await ask(server(), query, variables);
        const outcome = errors?.[0]?.extensions.code ?? data?.[name];
        expect({ variables, outcome }).toMatchObject({ variables, outcome: answer });
        expect(marksIn(text)).toEqual([]);
        await expectUntouched();
      }
    }
    // Nor was anything asked with the victim's keys.
    expect(
      server()
        .standIn.requests.slice(asked)
        .filter(({ key }) => marksIn(key ?? '').length > 0),
    ).toEqual([]);
  });

  it('is not joined by its request id: that begins a chat of one’s own', async () => {
    await server().storeKey(ATTACKER, 'OPENAI', 'key-of-mallory-0123456789');
    for (const requestId of Object.values(victim.requestIds)) {
      const [started, ...others] = await server().chatEvents(ATTACKER, chatOf(requestId));
      expect(Object.values(victim.chatIds)).not.toContain(started?.chatId);
      expect(others.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      await expectUntouched();
    }
  });

  describe.each(doors)('over $name', (door) => {
    it.each(documents.filter(({ name }) => ENDLESS.has(name)))(
      'is not heard by those who listen: $name',
      async ({ name, query }) => {
        const open = server().app.get(Limits).openStreams;
        const [owner, other] = await Promise.all(
          [VICTIM, ATTACKER].map((user) => door.subscribe(server(), user, query)),
        );
        while (server().app.get(Limits).openStreams < open + 2)
          await server().query(ATTACKER, '{ viewer { id } }');
        await alarm(server(), VICTIM);
        expect(await owner!.next()).toMatchObject({ data: { [name]: expect.anything() as unknown } });
        const silence = server().query(ATTACKER, '{ viewer { id } }');
        expect(await Promise.race([other!.next(), silence])).toEqual({ viewer: { id: ATTACKER } });
        owner!.cut();
        other!.cut();
      },
    );
  });

  it('is not in an export either', async () => {
    const text = await server().exportOf(ATTACKER);
    expect(text).toContain('"type":"end"');
    expect(marksIn(text)).toEqual([]);
    await expectUntouched();
  });

  it('is shown to its owner: else the others would show nothing', async () => {
    const { chatIds, keyIds } = victim;
    const text = await server().exportOf(VICTIM);
    expect(text).toContain(keyIds.live);
    expect(text).toContain(chatIds.ended);
    expect(before).toContain('sealed_keys ');
    expect(before).toContain('usage_hours ');
    const [resume] = documents.filter(({ name }) => name === 'resumeChat');
    const subscription = await doors[0]!.subscribe(server(), VICTIM, resume!.query, {
      chatId: chatIds.running,
    });
    expect(await subscription.next()).toMatchObject({ data: { resumeChat: { chatId: chatIds.running } } });
    subscription.cut();
  });
});

describe('the attempts', () => {
  /** An id stands for itself in the place of each of the victim's. */
  const ids = (prefix: string): any => new Proxy({}, { get: (_, name) => `${prefix}.${String(name)}` });

  it('are made on every field that there is, and on no other', () => {
    expect(Object.keys(attempts).sort()).toEqual(titled.map(([title]) => title).sort());
  });

  it.each(titled)('put the victim’s ids wherever one is taken: %s', (title, document) => {
    const stand = { live: 'victim.1', replaced: 'victim.2', deleted: 'victim.3', running: 'victim.4' };
    const victim = {
      ...{
        userId: 'victim.0',
        keyIds: stand,
        chatIds: stand,
        alertIds: stand,
        tokenIds: stand,
        attachmentIds: stand,
        requestIds: stand,
        cursors: ids('cursor'),
      },
    } as unknown as Victim;
    const made = attempts[title]!(victim).map(({ variables }) => variables);
    for (const path of document.ids) {
      const taken = made.flatMap((variables) => valuesAt(variables, path.split('.')));
      expect([path, taken]).toEqual([path, expect.arrayContaining([expect.stringMatching(/^victim\./)])]);
    }
  });
});

/** What stands there, in each item of the lists on the way. */
const valuesAt = (value: unknown, path: readonly string[]): unknown[] =>
  path.reduce<unknown[]>(
    (found, name) => found.flatMap((inside) => (inside as Record<string, unknown> | undefined)?.[name]),
    [value],
  );
