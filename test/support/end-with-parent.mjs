// Loaded into a process that a test starts (`node --import`): ends it when the test's own process has ended, even if that
// was killed and could end nothing.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Only the server keeps its process alive.
process.channel?.unref();
