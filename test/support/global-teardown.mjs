export { endRun as default } from './begin-run.mjs';
