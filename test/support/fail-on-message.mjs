// Loaded into a server before it starts (`node --import`): fails in the requested way, and nothing catches it.
process.on('message', (how) => {
  if (isHolding(how)) {
    failHolding(how);
    return;
  }
  if (how === 'reject') {
    void Promise.reject(new Error('It failed on purpose.'));
    return;
  }
  if (how === 'throw again and again') setInterval(fail, 50);
  // What a stop waits for never comes.
  if (how === 'throw while the database hangs') Promise.prototype.then = () => new Promise(() => undefined);
  setImmediate(fail);
});

function fail() {
  throw new Error('It failed on purpose.');
}

/**
 * A key that is in what fails, as packages put a request into the errors that they throw.
 *
 * @typedef {{ how: 'throw' | 'reject' | 'throw itself' | 'reject itself', key: string }} Holding
 * @param {unknown} message @returns {message is Holding}
 */
function isHolding(message) {
  return typeof message === 'object' && message !== null && 'key' in message;
}

/** @param {Holding} holding */
function failHolding({ how, key }) {
  const held = { config: { headers: { Authorization: `Bearer ${key}` }, data: key }, apiKey: key };
  const cause = Object.assign(new Error('The request failed on purpose.'), held);
  const failure = how.endsWith('itself')
    ? key
    : Object.assign(new Error('It failed on purpose.', { cause }), held);
  if (how.startsWith('reject')) void Promise.reject(failure);
  else
    setImmediate(() => {
      throw failure;
    });
}
// Only the server keeps its process alive.
process.channel?.unref();
