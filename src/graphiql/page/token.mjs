/** The token outlives a reload of this tab, and nothing else: it is in no address and no local storage. */
const STORED = 'keystream-token';

/** @returns {Record<string, string>} The header, or the payload of `connection_init`, that says who asks. */
export function authorization() {
  const token = window.sessionStorage.getItem(STORED);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Wires the form in the page's head. */
export function installTokenForm() {
  const form = element('token-form', window.HTMLFormElement);
  const input = element('token', window.HTMLInputElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.replace(/^Bearer\s/i, '').trim();
    if (token === '') return;
    window.sessionStorage.setItem(STORED, token);
    input.value = '';
    showStatus();
  });
  element('forget-token', window.HTMLButtonElement).addEventListener('click', () => {
    window.sessionStorage.removeItem(STORED);
    input.value = '';
    showStatus();
  });
  showStatus();
}

function showStatus() {
  const token = window.sessionStorage.getItem(STORED);
  const status = element('token-status', window.HTMLOutputElement);
  const { text, good } = token === null ? { text: 'No token yet', good: false } : describe(token);
  status.textContent = text;
  status.classList.toggle('bad', !good);
}

/** What a token says of itself; whether it is true, the server checks. @param {string} token */
function describe(token) {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(window.atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const { sub, exp } = JSON.parse(new TextDecoder().decode(bytes));
    const until = new Date(exp * 1000);
    if (until.getTime() < Date.now()) return { text: `The token of ${sub} has expired`, good: false };
    const time = until.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    return { text: `${sub}, until ${time}`, good: true };
  } catch {
    return { text: 'This is no JSON Web Token', good: false };
  }
}

/**
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}
