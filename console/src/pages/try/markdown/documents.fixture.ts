const PROSE =
  'Each key is sealed before it is stored. It is opened for **one request** only, and `forgotten` afterwards! Is that enough? See [the notes](https://example.com/notes "Notes") and *more*: https://example.com/a_b, 2 * 3 = 6, snake_case_names and [1]. ';
const ITEM = '- **Keys**: stored with `AES`, see [docs](https://example.com).\n';
const CODE = 'const answer: number = 42; // a line of code\n';

/** Markdown as models write it, and some that they do not. */
export const documents: Readonly<Record<string, string>> = {
  empty: '',
  'a word': 'Hello',
  paragraphs: Array.from({ length: 4 }, () => PROSE.repeat(2).trim()).join('\n\n'),
  'headings, setext too': `# One\n\nText\n## Two ##\nTitle\n=====\nmore\n\nAnother\n---\n\n---\n***\n${PROSE}`,
  'a long paragraph': PROSE.repeat(14),
  'a long paragraph in lines': PROSE.replace(/\. /g, '.\n').repeat(14),
  'a long paragraph of a heading': `${PROSE.repeat(10).trim()}\n---\nAfter it`,
  'a long text without spaces': '日本語の文章です。これは長い段落です！'.repeat(200),
  lists: `Before\n\n${ITEM.repeat(5)}\nBetween\n\n1. one\n2. two\n   - nested\n   - more\n\n     a paragraph\n3. three\n\nAfter`,
  'a long list': ITEM.repeat(50),
  'a long loose list': Array.from({ length: 16 }, (_, index) => `${String(index + 1)}. ${PROSE}\n`).join(
    '\n',
  ),
  'a list that is loose late': `${ITEM.repeat(40)}\n${ITEM.repeat(3)}`,
  'a long nested list': `- top\n${`  ${ITEM}`.repeat(25)}  - deeper\n${`    ${ITEM}`.repeat(25)}- end\n\ntext`,
  tasks: `- [ ] open\n- [x] done ${PROSE}\n`.repeat(10),
  'an item of many paragraphs': `1. first\n\n${`   ${PROSE}\n\n`.repeat(9)}2. second\n`,
  'an item with long code': `- item\n\n  \`\`\`ts\n${`  ${CODE}`.repeat(80)}  \`\`\`\n\n  after\n- next\n`,
  code: `Look:\n\n\`\`\`ts\n${CODE.repeat(5)}\`\`\`\n\nand\n\n~~~\n${CODE}\n\n~~~~\nend`,
  'long code': `\`\`\`ts\n${`${CODE}\n`.repeat(80)}\`\`\`\nAfter`,
  'code without an end': `\`\`\`\`md\n\`\`\`\n${CODE.repeat(60)}`,
  'a long line of code': `\`\`\`\n${'x = y + z; '.repeat(600)}\nnext\n\`\`\`\n\nAfter`,
  'indented code': `Text\n\n${`    ${CODE}`.repeat(60)}\n    end\n\nText`,
  'long quotes': `${`> ${PROSE}\n>\n`.repeat(9)}> end\nlazy\n\nafter`,
  'a long paragraph in a quote': `> ${PROSE.repeat(9).trim()}\n> more\n`,
  'a quote with a list': `> - ${PROSE}\n`.repeat(9),
  table: `| Name | Size | |\n|:-----|:----:|--:|\n${'| `a` | **12** kB | x\\|y |\n'.repeat(8)}\nAfter`,
  'a long table': `| Name | Size |\n|------|-----:|\n${`| ${PROSE.slice(0, 60)} | 12 |\n`.repeat(40)}\nAfter`,
  'a table in an item': `- item\n\n  | a | b |\n  |---|---|\n${'  | some words here | 2 |\n'.repeat(60)}\nend`,
  'a table after a paragraph': `${PROSE}\n| a | b |\n|---|---|\n| 1 | 2 |\n`,
  html: '<div onclick="x()">\n**no**\n</div>\n\nA <b>bold</b> one<br>next &amp; &copy; <!-- gone --> end\n\n<script>\nalert(1)\n\nalert(2)\n</script>\n\nafter',
  pictures:
    'See ![a cat](https://example.com/cat.png "Cat") and ![](https://example.com/x.png), [x](javascript:alert(1)), [y](/console), <https://example.com>, www.example.com, me@example.com',
  'links that are defined later': `See [this][1], [that] and ![it][pic].\n\n${PROSE}\n\n- [in a list][1]\n\n[1]: https://example.com/1 "One"\n[that]: <https://example.com/that>\n[pic]: https://example.com/p.png\n`,
  'links that were defined before': `[1]: https://example.com/1\n\n${PROSE}\n\nSee [this][1].\n\n${PROSE.repeat(8)} [again][1] end.`,
  notes: `A claim[^1] and another[^two].\n\n[^1]: The first note.\n[^two]: The second\n    goes on.\n\nAfter`,
  'markup that stays open': `${PROSE} *open and **more [never closed ${PROSE.repeat(3)}\n\nnext`,
  'line breaks': 'One  \ntwo\\\nthree\r\nfour\rfive\r\n\r\nsix',
  escapes: String.raw`\*not\* \_that\_ \# 1\. \[x\] \`code\` ${'`` a`b ``'} &lt;b&gt;`,
  'other languages': `# Überschrift\n\n${'Schöne Grüße – „so“ geht das. '.repeat(60)}\n\n${'👩‍💻 emoji 🎉! '.repeat(200)}`,
  'strikes and emphasis': '~~gone~~ ~one~ ***both*** **bo*th*** __so__ _it_ a*b*c'.repeat(3),
};
