import { defineConfig } from 'vite';
import { compressed } from './plugins/compressed.ts';
import { firstTexts } from './plugins/first-texts.ts';
import { inOrder } from './plugins/in-order.ts';
import { neededStyles } from './plugins/needed-styles.ts';
import { listedOperations } from './plugins/listed-operations.ts';
import { plainIds } from './plugins/plain-ids.ts';
import { paintedFirst } from './plugins/painted-first.ts';

/** What runs before the token is out of the address (src/first.ts), or without the page. */
const BEFORE =
  /\/src\/(?:first|trusted-types|renewed|app\/(?:early|first|page-loaders|settings|page-header\.|shell\.)|language\/languages|session\/(?:kept|token-from|open-id-client))/;
/** What is beside something: panels, hints and lists, with what scrolls in them. */
const FLOATING =
  /@floating-ui|@mantine\/core\/esm\/(?:components\/(?:(?:Popover|Tooltip|ScrollArea)\/|Combobox\/(?!Combobox(?:Chevron|\.module)|get-))|utils\/Floating\/)/;
/** What one page and its dialogs share, and what dialogs are made of: none is there to begin with. */
const LATE =
  /\/src\/(?:pages\/|generated\/(?:keys|settings)|parts\/(?:beside|dialog|confirm-dialog|moment-field|show-mistakes|table-region))/;
/** What all of them stand on. */
const BASE =
  /@mantine\/(?:hooks\/|core\/esm\/(?:core\/|components\/(?:Transition|Combobox)\/))|node_modules\/clsx\//;
const DIALOGS =
  /node_modules\/(?:react-remove-scroll|react-style-singleton|use-callback-ref|use-sidecar|get-nonce)|@mantine\/core\/esm\/components\/(?:Modal|Drawer)/;
const FRAME = /lucide-react|console\/src\//;

/** The page at /console: built into dist/console, where the server finds it (src/console-door). */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  // The server puts a new nonce in its place with every answer.
  html: { cspNonce: 'KEYSTREAM_NONCE' },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // Nothing of the page is in a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.txt' },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Mantine says of each of its files that it is for clients, which here all are.
      checks: { moduleLevelDirective: false },

      output: {
        codeSplitting: {
          // What most pages share comes as one file: each of a hundred has headers, a link and a start of its compression.
          groups: [
            // Beside the others, so that a browser runs them one after the other.
            { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\// },
            // What only some pages and dialogs need, each by itself.
            { name: 'floating', test: FLOATING },
            { name: 'dialogs', test: DIALOGS },
            { name: 'base', test: BASE },
            { name: 'shared', test: /node_modules/, minShareCount: 4 },
            {
              name: 'frame',
              test: (id) => FRAME.test(id) && !BEFORE.test(id) && !LATE.test(id),
              minShareCount: 2,
            },
          ],
          includeDependenciesRecursively: false,
        },
      },
      input: ['index.html', 'renewed.html'].map((page) => `${import.meta.dirname}/${page}`),
    },
  },
  plugins: [
    firstTexts(),
    paintedFirst('/index.html', '/src/main.tsx'),
    plainIds(),
    neededStyles(),
    inOrder(),
    listedOperations(),
    compressed(),
  ],
});
