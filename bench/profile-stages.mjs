/**
 * A CPU profile as `node --cpu-prof` writes it.
 *
 * @typedef {object} CpuProfile
 * @property {ProfileNode[]} nodes
 * @property {number} startTime microseconds, on the system's monotonic clock, as process.hrtime has it
 * @property {number[]} samples ids of nodes
 * @property {number[]} timeDeltas microseconds before each sample
 *
 * @typedef {object} ProfileNode
 * @property {number} id
 * @property {{ functionName: string, url: string }} callFrame
 * @property {number[]} [children] ids
 */

/** What V8 itself does, by the names that it gives to it; null: no work. @type {Record<string, string | null>} */
const engine = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'the engine and the system',
  '(root)': 'the engine and the system',
  '(idle)': null,
};

/** Functions without a file: of Node, in C++. @type {readonly (readonly [RegExp, string])[]} */
const natives = [
  [/^write(v|Buffer|Utf8String|Latin1String|AsciiString|UcsString)$/, 'writing to sockets'],
  [/^(hmac|hash|cipher|randomFill|randomBytes|timingSafeEqual|sign|verify)/i, 'cryptography'],
];

/** The first that fits a file's URL says where its time belongs. @type {readonly (readonly [RegExp, string])[]} */
const places = [
  [/node_modules\/(graphql|graphql-scalars|@graphql-tools)\//, 'GraphQL execution'],
  [/node_modules\/(graphql-ws|graphql-sse|ws)\//, 'WebSocket and its protocol'],
  [
    /node_modules\/(@apollo|@as-integrations|fastify|@fastify|find-my-way|avvio)\//,
    'HTTP: Fastify and Apollo',
  ],
  [
    /node_modules\/(@prisma|pg|pg-[a-z]+|postgres-[a-z]+|pglite-prisma-adapter|@electric-sql)\/|dist\/prisma\/generated\//,
    'Prisma and the database client',
  ],
  [/node_modules\/(openai|@anthropic-ai|@google|eventsource-parser)\//, "providers' packages"],
  [/node_modules\/undici\/|node:internal\/deps\/undici/, 'undici: requests to providers'],
  [/node_modules\/(ioredis|redis-[a-z]+)\//, 'Redis client'],
  [/node_modules\/(pino|pino-http|nestjs-pino|thread-stream|sonic-boom)\//, 'logs'],
  [/node_modules\/(@nestjs|rxjs|reflect-metadata)\//, 'Nest'],
  [/node_modules\/(class-validator|class-transformer|libphonenumber-js|validator)\//, 'validation of inputs'],
  [/node_modules\/(jose)\//, 'cryptography'],
  [/node:internal\/crypto|node:crypto/, 'cryptography'],
  [/node:internal\/async_hooks|node:async_hooks|node:diagnostics_channel/, 'promise hooks'],
  [/node:(net|internal\/stream_base_commons|internal\/js_stream_socket)/, 'writing to sockets'],
  [/node:(_http|http|internal\/http)/, "Node's HTTP"],
  [
    /node:(stream|internal\/streams|internal\/webstreams|events|buffer|internal\/buffer|internal\/encoding)/,
    "Node's streams and buffers",
  ],
  [
    /node:(internal\/timers|timers|internal\/process|internal\/abort_controller|internal\/event_target)/,
    "Node's timers, ticks and signals",
  ],
  // Prisma compiles its queries in WebAssembly, and nothing else here that is on the way of a chat.
  [/^wasm:/, 'Prisma and the database client'],
  [/^node:/, 'Node, other'],
  [/node_modules\//, 'other packages'],
];

/** @param {string} url @returns {string | null} null: the caller's */
function placeOf(url) {
  if (url === '') return null;
  const [, stage] = places.find(([pattern]) => pattern.test(url)) ?? [];
  if (stage !== undefined) return stage;
  const path = url.split('/dist/').slice(1).at(-1);
  if (path === undefined) return 'other code';
  const [folder, inner] = path.split('/').slice(0, -1);
  // The parts of a chat, of its providers and of the doors are shown one by one.
  if (inner && ['chat', 'graphql', 'providers'].includes(folder ?? '')) return `src/${folder}/${inner}`;
  return folder === undefined ? 'src' : `src/${folder}`;
}

/**
 * The time that each stage computed itself. What V8 and Node do for a function without a file of their own (JSON.parse,
 * a copy of memory) counts as the function's.
 *
 * @param {CpuProfile} profile
 * @param {number} [from] on the clock of its start: what was before that does not count
 * @param {number} [to]
 * @returns {Map<string, number>} microseconds
 */
export function timeByStage({ nodes, startTime, samples, timeDeltas }, from = 0, to = Infinity) {
  const stages = stagesOf(nodes);
  /** @type {Map<string, number>} */
  const times = new Map();
  let at = startTime;
  samples.forEach((id, index) => {
    const took = timeDeltas[index] ?? 0;
    at += took;
    const stage = stages.get(id);
    if (stage && at >= from && at < to) times.set(stage, (times.get(stage) ?? 0) + Math.max(0, took));
  });
  return times;
}

/** @param {ProfileNode[]} nodes @returns {Map<number, string | null>} by the nodes' ids; null: no work */
function stagesOf(nodes) {
  /** @type {Map<number, string | null>} */
  const stages = new Map();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [root] = nodes;
  /** @type {[ProfileNode | undefined, string | null][]} */
  const open = [[root, 'the engine and the system']];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, parent] = next;
    if (!node) continue;
    const stage = stageOf(node, parent);
    stages.set(node.id, stage);
    for (const child of node.children ?? []) open.push([byId.get(child), stage]);
  }
  return stages;
}

/** @param {ProfileNode} node @param {string | null} parent */
function stageOf({ callFrame: { functionName, url } }, parent) {
  if (functionName in engine && url === '') return engine[functionName] ?? null;
  const [, native] = (url === '' && natives.find(([pattern]) => pattern.test(functionName))) || [];
  return native ?? placeOf(url) ?? parent;
}
