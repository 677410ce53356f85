/**
 * A page that the search engines' stand-ins pretend to have found.
 *
 * @typedef {object} Page
 * @property {string} title
 * @property {string} url
 * @property {string} snippet
 * @property {string} markdown
 */

const kinds = [
  'An introduction',
  'Frequently asked questions',
  'A short history',
  'A practical guide',
  'News',
];

/**
 * Invented pages about a query, best first.
 *
 * @param {string} query
 * @param {number} count
 * @returns {Page[]}
 */
export function pagesAbout(query, count) {
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length];
    const title = `${query}: ${kind}`;
    return {
      title,
      url: `https://example.com/${index + 1}/${encodeURIComponent(query)}`,
      snippet: `What a search engine's stand-in invents about “${query}”: nobody was asked.`,
      markdown: `# ${title}\n\nThis page does not exist. A stand-in made it up so that there is *something* to read about ${query}.\n`,
    };
  });
}

/** The Markdown of an invented page. @param {string} url */
export function markdownOf(url) {
  return `# ${url}\n\nThis page does not exist. A stand-in made it up so that there is *something* to read.\n`;
}
