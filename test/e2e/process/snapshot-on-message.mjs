// Loaded into a server before it starts (`node --import`): writes a heap snapshot to each path that it is sent.
import { writeHeapSnapshot } from 'node:v8';

process.on('message', (path) => {
  writeHeapSnapshot(String(path));
  process.send?.('written');
});
// Only the server keeps its process alive.
process.channel?.unref();
