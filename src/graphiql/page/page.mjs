import { fetcher } from './fetcher.mjs';
import { tabs } from './tabs.mjs';
import { installTokenForm } from './token.mjs';

const { GraphiQL, React, ReactDOM } = window;

installTokenForm();
const root = /** @type {HTMLElement} */ (document.getElementById('graphiql'));
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: tabs,
    defaultEditorToolsVisibility: 'variables',
    // The token has a field of its own.
    isHeadersEditorEnabled: false,
    showPersistHeadersSettings: false,
    storage: memoryStorage(),
  }),
);

/** GraphiQL would keep tabs and history in local storage, and with them the variables: keys stand there. */
function memoryStorage() {
  /** @type {Map<string, string>} */
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    /** @param {string} name */
    getItem: (name) => items.get(name) ?? null,
    /** @param {string} name @param {string} value */
    setItem: (name, value) => void items.set(name, value),
    /** @param {string} name */
    removeItem: (name) => void items.delete(name),
    clear: () => items.clear(),
  };
}
