import { styleText } from 'node:util';

const inColour = process.stdout.isTTY && process.stdout.hasColors();
let step = 0;

/** @param {Parameters<typeof styleText>[0]} style @param {string} text */
const styled = (style, text) => (inColour ? styleText(style, text) : text);

/** @param {string} title */
export const heading = (title) => process.stdout.write(`\n${styled('bold', `${++step}. ${title}`)}\n`);

/** @param {string} label @param {unknown} value */
export const show = (label, value) =>
  process.stdout.write(`   ${styled('dim', label.padEnd(16))} ${String(value)}\n`);

/** @param {string} text */
export const say = (text) => process.stdout.write(`   ${text}\n`);

/** A piece of a text that is still coming in. @param {string} text */
export const stream = (text) => process.stdout.write(styled('cyan', text));

/** @param {string} text */
export const succeed = (text) => process.stdout.write(`\n${styled('green', text)}\n`);

/** @param {string} text */
export const fail = (text) => process.stderr.write(`\n${styled('red', text)}\n`);

/** More about a failure. @param {string} text */
export const explain = (text) => process.stderr.write(`${styled('dim', text)}\n`);
