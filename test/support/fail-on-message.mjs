// Loaded into a server before it starts (`node --import`): fails in the requested way, and nothing catches it.
process.on('message', (how) => {
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
// Only the server keeps its process alive.
process.channel?.unref();
