import assert from 'node:assert/strict';
import { heading, show } from '../screen.mjs';

const SEARCH = `query ($input: WebSearchInput!) {
  webSearch(input: $input) {
    provider
    keySource
    tookMs
    results { title url }
  }
}`;

/** @param {import('../demo.mjs').Demo} demo */
export async function searchTheWeb({ client }) {
  heading('Web searches with her keys');
  for (const provider of ['FIRECRAWL', 'BRAVE', 'TAVILY', 'SERPER']) {
    const input = { provider, query: 'bring your own key', limit: 3 };
    const { webSearch } = await client.request(SEARCH, { input });
    const { results, keySource, tookMs } = webSearch;
    assert.equal(results.length, 3, `${provider} did not find three pages`);
    assert.equal(keySource, 'USER', `${provider} was not asked with her key`);
    show(provider, `${results[0].title}, and ${results.length - 1} more, in ${tookMs.toFixed(0)} ms`);
  }
}
