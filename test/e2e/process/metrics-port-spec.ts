import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { hang } from '../../../demo/stand-in/behaviours.mjs';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { chatOn, type Environment, type ServerProcess, useProcesses } from '../../support/server-process.js';

const KEY = 'key-of-alice-0123456789';

describe('METRICS_PORT', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const environment = (others: Environment) => processes.environment({ ...database.environment, ...others });

  const addressOf = async (server: ServerProcess): Promise<string> => {
    const { msg } = await server.logged('Metrics on ');
    return msg.slice(msg.indexOf('http'));
  };
  const isServed = (address: string): Promise<boolean> =>
    fetch(address).then(
      ({ ok }) => ok,
      () => false,
    );

  it('names a port of its own; 0 picks a free one, and the log says which', async () => {
    const server = await processes.start(environment({ METRICS_PORT: '0' }));
    const address = await addressOf(server);
    expect(new URL(address).origin).not.toBe(server.url);
    expect(await (await fetch(address)).text()).toContain('keystream_streams_open 0');
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it('stops the start where another listens there, and is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const { code, stderr } = await processes.refusal(environment({ METRICS_PORT: port }));
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `The server cannot listen on 127.0.0.1, port ${port} (EADDRINUSE):\n  METRICS_PORT: another process listens there already: end it, or name another port; 0 picks a free one (METRICS_PORT=0 npm start)\n`,
    );
  });

  it('must not be the port of the server', async () => {
    const { stderr } = await processes.refusal(environment({ PORT: '4001', METRICS_PORT: '4001' }));
    expect(stderr).toContain('METRICS_PORT: must be another port than PORT');
  });

  it('is served until all streams have drained', async () => {
    const server = await processes.start(environment({ METRICS_PORT: '0', DRAIN_TIMEOUT_MS: '60000' }));
    const address = await addressOf(server);
    processes.standIn.acceptKey('OPENAI', KEY);
    await server.storeKey('alice', 'OPENAI', KEY);
    processes.standIn.once('OPENAI', hang());
    const asked = processes.standIn.nextRequest('OPENAI');
    const chat = chatOn(await server.socket('alice'), {});
    await chat.next();
    const upstream = await asked;
    server.child.kill('SIGTERM');
    await server.logged('SIGTERM');
    expect(await isServed(address)).toBe(true);
    upstream.cut();
    expect(await server.exited).toMatchObject({ code: 0 });
    expect(await isServed(address)).toBe(false);
  });

  it('loads nothing where it is unset', async () => {
    const loaded =
      'process.on("exit", () => process.stderr.write(JSON.stringify(Object.keys(require.cache))))';
    const preload = `data:text/javascript,import{createRequire}from'node:module';const require=createRequire('${import.meta.url}');${loaded}`;
    const without = await processes.start(environment({}), ['--import', preload]);
    expect((await without.kill('SIGTERM')).stderr).not.toContain('prom-client');
    const withIt = await processes.start(environment({ METRICS_PORT: '0' }), ['--import', preload]);
    expect((await withIt.kill('SIGTERM')).stderr).toContain('prom-client');
  });
});
