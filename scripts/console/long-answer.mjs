const SENTENCES = [
  'Each key is sealed before it is stored, and opened for **one request** only.',
  'What a chat costs is between you and [the provider](https://example.com/prices), at its list price.',
  'A connection that is lost is `resumed` from the last number that was seen.',
  'Nothing is said twice, and nothing is left out, *however often* the way there fails.',
];
const ITEM = '- **An item** of a list, with `code` and a few more words to read\n';
/** Each is wider than the one before: what a table does with that is seen. */
const ROWS = [
  '| a name | 12.5 ms | words |\n',
  '| a longer name | 112.5 ms | some words in a cell |\n',
  '| the name of a model that is long | 1,112.5 ms | some more words in a cell than before |\n',
  '| a-name-without-a-space-in-it-that-is-longer-than-all | 91,112.5 ms | as many words in a cell as a whole sentence has |\n',
];
const CODE = 'const answer = await ask(model, { question, key }); // as it comes\n';

/** @param {number} count */
const prose = (count) => Array.from({ length: count }, (_, at) => SENTENCES[at % SENTENCES.length]).join(' ');

/** A section of an answer, about 240 words of all that models write. @param {number} number */
const section = (number) => `## Section ${number}

${prose(5)}

${ITEM.repeat(5)}
${prose(4)}

\`\`\`ts
${CODE.repeat(5)}\`\`\`

| Name | Time | Words |
|------|-----:|-------|
${ROWS.join('')}
> ${prose(1)}

`;

/** Markdown of so many words. @param {number} words */
export function longAnswer(words) {
  let text = '';
  let count = 0;
  for (let number = 1; count < words; number += 1) {
    const next = section(number);
    text += next;
    count += next.split(/\s+/).length;
  }
  return text;
}

/** Answers of one block without an end. @type {Readonly<Record<string, (length: number) => string>>} */
export const endless = {
  paragraph: (length) => prose(Math.ceil(length / 80)),
  list: (length) => ITEM.repeat(Math.ceil(length / ITEM.length)),
  code: (length) => `\`\`\`ts\n${CODE.repeat(Math.ceil(length / CODE.length))}\`\`\`\n`,
  table: (length) =>
    `| Name | Time | Words |\n|------|-----:|-------|\n${ROWS.join('').repeat(Math.ceil(length / ROWS.join('').length))}`,
  quote: (length) => `> ${prose(4)}\n>\n`.repeat(Math.ceil(length / 330)),
};
