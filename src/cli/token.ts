import { processEnvironment } from '../config/environment.js';
import { print, runCommand } from './run-command.js';
import { tokenCommand } from './token-command.js';

// npm run token: prints a signed token, and nothing else on stdout, for scripts and Sandbox.
runCommand(async () => {
  const { token, warnings } = await tokenCommand(process.argv.slice(2), processEnvironment());
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  print(token);
  return 0;
});
