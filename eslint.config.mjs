import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import boundaries from 'eslint-plugin-boundaries';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const nodeGlobals = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'Buffer',
  'FormData',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'performance',
  'process',
  'setImmediate',
  'setInterval',
  'setTimeout',
];

/** What the parts of a chat know of the rest, all of them. */
const chatNeeds = ['catalogue', 'common', 'outbound', 'providers/chat', 'providers/registry', 'web-search'];
/** The parts of a chat. What calls a provider and what a client sees (run) knows neither Redis nor GraphQL. */
const chatWings = [
  ...['chat/run', 'chat/answer', 'chat/schema', 'chat/conversation', 'chat/claims', 'chat/shared'],
  'chat/owned',
];
/** The ways in. None knows another. */
const doors = ['graphql/http', 'graphql/websocket', 'graphql/event-stream'];

/**
 * Who may import whom, folder by folder. What a folder is not allowed here it cannot reach: above all, no code that
 * talks to the internet (outbound, providers) can import keys, crypto or prisma.
 */
const layers = {
  common: [],
  config: ['common'],
  crypto: ['common', 'config'],
  prisma: ['common', 'config'],
  redis: ['common', 'config'],
  limits: ['common', 'config', 'prisma', 'redis'],
  edge: ['common', 'config'],
  outbound: ['common'],
  'key-services': ['common', 'config', 'outbound'],
  'sealed-records': ['common', 'config', 'crypto', 'prisma'],
  'providers/chat': ['common', 'config', 'outbound'],
  'providers/search': ['common', 'config', 'outbound'],
  'providers/registry': ['common', 'providers/chat', 'providers/search'],
  catalogue: ['common', 'providers/chat', 'providers/registry'],
  telemetry: ['common', 'config', 'providers/registry'],
  'telemetry/signals': [],
  'telemetry/prometheus': ['common'],
  'telemetry/otlp': ['common', 'outbound'],
  auth: ['common', 'config', 'edge', 'limits', 'outbound'],
  audit: ['common', 'auth', 'prisma', 'providers/registry', 'audit/chain'],
  'audit/chain': ['common', 'config', 'crypto', 'prisma', 'redis'],
  keys: [
    'common',
    'config',
    'auth',
    'audit',
    'audit/chain',
    'catalogue',
    'crypto',
    'limits',
    'prisma',
    'providers/registry',
    'sealed-records',
  ],
  'access-tokens': ['common', 'config', 'auth', 'audit', 'audit/chain', 'keys', 'limits', 'prisma'],
  // The way from the rules to users, and the one to the operator: this one alone reaches the internet, and no database.
  alerts: ['common', 'auth', 'audit', 'limits', 'prisma', 'providers/registry', 'redis'],
  'alert-webhook': ['common', 'config', 'audit', 'outbound'],
  attachments: ['common', 'config', 'auth', 'crypto', 'graphql/every-door', 'limits', 'prisma'],
  settings: ['common', 'auth', 'audit', 'audit/chain', 'prisma', 'providers/registry'],
  'key-probes': ['common', 'keys', 'outbound', 'providers/chat', 'providers/registry', 'providers/search'],
  'web-search': ['common', 'config', 'auth', 'keys', 'limits', 'providers/registry', 'providers/search'],
  models: [
    ...['common', 'config', 'auth', 'catalogue', 'keys', 'limits', 'outbound', 'providers/chat'],
    'providers/registry',
  ],
  'my-data': [
    'common',
    'config',
    'access-tokens',
    'attachments',
    'auth',
    'alerts',
    'audit',
    'audit/chain',
    'chat',
    'graphql/every-door',
    'keys',
    'limits',
    'prisma',
    'settings',
  ],
  'json-schemas': ['common'],
  chat: [
    ...chatNeeds,
    'attachments',
    'auth',
    'config',
    'crypto',
    'json-schemas',
    'keys',
    'limits',
    'redis',
    ...chatWings,
  ],
  'chat/run': chatNeeds,
  'chat/answer': [...chatNeeds, 'keys', 'chat/run'],
  'chat/schema': [...chatNeeds, 'chat/run', 'chat/answer'],
  'chat/conversation': [...chatNeeds, 'attachments', 'crypto', 'json-schemas', 'chat/answer', 'chat/schema'],
  'chat/claims': [...chatNeeds, 'chat/schema'],
  'chat/shared': [...chatNeeds, 'config', 'crypto', 'keys', 'redis', 'chat/run', 'chat/claims'],
  'chat/owned': [...chatNeeds, 'config', 'keys', 'limits', 'redis', ...chatWings],
  graphql: ['common', 'config', 'auth', 'edge', 'graphql/every-door', ...doors],
  'graphql/every-door': ['common', 'config', 'auth', 'edge'],
  ...Object.fromEntries(
    doors.map((door) => [door, ['common', 'config', 'auth', 'edge', 'graphql/every-door']]),
  ),
  // A door over the same chats. It answers in streams as the one for subscriptions does.
  'openai-door': [
    ...['common', 'auth', 'chat', 'chat/conversation', 'chat/owned', 'chat/run', 'chat/schema'],
    ...['graphql/every-door', 'graphql/event-stream', 'keys', 'models', 'outbound'],
    ...['providers/chat', 'providers/registry'],
  ],
  'console-door': ['common', 'config', 'edge', 'graphql/every-door', 'outbound'],
  graphiql: ['common', 'config', 'console-door', 'edge', 'graphql/every-door'],
  health: ['common', 'limits', 'prisma', 'redis'],
  cli: [
    ...['common', 'config', 'auth', 'prisma', 'providers/registry', 'crypto'],
    ...['key-services', 'sealed-records', 'audit/chain', 'access-tokens'],
  ],
};

/** What every layer above the lowest may call: it publishes what happens, and knows no listener. */
const port = 'telemetry/signals';

/** @param {string[]} names */
const builtIn = (...names) => names.flatMap((name) => [name, `node:${name}`]);

/** Which folder may use a package that reaches the network, the database or the environment. Types are free. */
const packageOwners = [
  {
    owners: ['outbound'],
    packages: ['undici', ...builtIn('http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns')],
    message: 'Only outbound opens connections to the internet.',
  },
  {
    owners: [],
    packages: ['openai', '@anthropic-ai/sdk', '@google/generative-ai'],
    message: 'The packages of the chat providers give their types only: streams are read here.',
  },
  {
    owners: ['prisma'],
    packages: ['pg', '@prisma', '@electric-sql', 'pglite-prisma-adapter'],
    message: 'Only prisma reaches the database.',
  },
  { owners: ['redis'], packages: ['ioredis'], message: 'Only redis reaches Redis.' },
  { owners: ['graphql/websocket'], packages: ['ws'], message: 'Only its own door serves WebSockets.' },
  {
    owners: ['telemetry/prometheus'],
    packages: ['prom-client'],
    message: 'Metrics are loaded only where they are served.',
  },
  { owners: ['auth', 'cli'], packages: ['jose'], message: 'Only auth makes and checks tokens.' },
  { owners: [], packages: builtIn('process'), message: 'Only config reads the environment.' },
];

const bans = {
  reveal: {
    selector: 'CallExpression[callee.property.name=/^(reveal(Bytes)?|export)$/]',
    message: 'Only adapters, crypto and the mask of keys reveal a secret.',
  },
  dynamicImport: {
    selector: 'ImportExpression',
    message: 'A dynamic import passes the rules on who may import what.',
  },
  recursiveReaddir: {
    selector: 'CallExpression[callee.name=/^readdir/] Property[key.name="recursive"]',
    message: 'Whether that follows links depends on the Node: entriesWithin follows none.',
  },
};

/** The key in the clear, and what finds it in the words of its provider: pure code that imports nothing. */
const secrets = ['src/common/secret.ts', 'src/common/key-pattern.ts', 'src/common/key-mask.ts'];
const adapters = [
  ...['src/providers/chat/*/**', 'src/providers/search/*/**'],
  ...['src/key-services/aws-kms.ts', 'src/key-services/vault-transit.ts'],
];
const tests = ['src/**/*.spec.ts'];

/**
 * What the code of one folder may not import, beside what the layers say of our own.
 *
 * @param {string} folder
 * @param {object[]} also
 * @returns {['error', object]}
 */
const restrictedImports = (folder, also = []) => [
  'error',
  {
    patterns: [
      ...packageOwners
        .filter(({ owners }) => !owners.includes(folder))
        .map(({ packages, message }) => ({
          regex: `^(${packages.map((name) => name.replace(/[/.]/g, '\\$&')).join('|')})(/|$)`,
          allowTypeImports: true,
          message,
        })),
      ...also,
    ],
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      'console/src/generated/**',
      'src/prisma/generated/**',
      'coverage/**',
      'data/**',
      '**/*.d.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { boolean: true } }],
      // GraphQL's model classes are shapes with decorators: plain objects serve.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries: /** @type {import('eslint').ESLint.Plugin} */ (boundaries) },
    settings: {
      'import/resolver': { typescript: { alwaysTryTypes: true } },
      'boundaries/include': ['src/**/*.ts'],
      'boundaries/elements': Object.keys(layers)
        .reverse()
        .map((type) => ({ type, pattern: `src/${type}` })),
    },
    rules: {
      // Files outside every folder are the application itself, which holds everything: nobody may import it.
      'boundaries/no-unknown-dependencies': 'error',
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message:
            '{{ from.element.type }} may not import {{ to.element.type }}: eslint.config.mjs says who may import whom.',
          policies: Object.entries(layers).map(([type, allowed]) => ({
            from: { element: { type } },
            allow: { to: { element: { type: [type, ...(type === 'common' ? [] : [port]), ...allowed] } } },
          })),
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config reads the environment.' },
        { object: 'URL', property: 'canParse', message: 'readUrl: Node 20 answers wrongly.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [...tests, ...adapters, ...secrets, 'src/crypto/**'],
    rules: { 'no-restricted-syntax': ['error', ...Object.values(bans)] },
  },
  {
    files: [...secrets, ...adapters, 'src/crypto/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', bans.dynamicImport, bans.recursiveReaddir] },
  },
  {
    // A key service is loaded where one is configured, from the same folder.
    files: ['src/key-services/unwrap-keys.ts'],
    rules: { 'no-restricted-syntax': ['error', bans.reveal, bans.recursiveReaddir] },
  },
  {
    // It may import everything, and loads the application when its configuration is right.
    files: ['src/main.ts'],
    rules: { 'no-restricted-syntax': ['error', bans.reveal, bans.recursiveReaddir] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [...tests, 'src/outbound/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map((name) => ({
          name,
          message: 'Only outbound opens connections to the internet.',
        })),
      ],
    },
  },
  ...['application', ...Object.keys(layers)].map((folder) => ({
    files: [folder === 'application' ? 'src/*.ts' : `src/${folder}/**/*.ts`],
    ignores: tests,
    rules: { 'no-restricted-imports': restrictedImports(folder) },
  })),
  ...['providers/chat', 'providers/search'].map((folder) => ({
    files: [`src/${folder}/*/**/*.ts`],
    rules: {
      'no-restricted-imports': restrictedImports(folder, [
        { regex: '/config/', message: "An adapter gets its settings as an argument, and nobody else's." },
        ...(folder === 'providers/chat'
          ? [{ regex: '/outbound-http\\.js$', message: 'The streaming adapter alone has the exchange.' }]
          : []),
      ]),
    },
  })),
  {
    files: ['src/config/environment.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      // Answers of the API are read as they come: what they are is what the tests find out.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['console/src/**/*.ts', 'console/src/**/*.tsx'],
    extends: [reactHooks.configs.flat['recommended-latest']],
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries([...nodeGlobals, 'document', 'window'].map((name) => [name, 'readonly'])),
    },
  },
  prettier,
);
