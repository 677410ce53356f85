export { beginRun as default } from './begin-run.mjs';
