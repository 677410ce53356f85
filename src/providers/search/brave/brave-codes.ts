/**
 * The values that Brave's web search takes for `country` and `search_lang`; it refuses a request with any other (422). They
 * are those of its reference and of its own MCP server:
 * https://api-dashboard.search.brave.com/app/documentation/web-search/codes,
 * https://github.com/brave/brave-search-mcp-server/blob/main/src/tools/web/params.ts
 */
export const braveCountries: ReadonlySet<string> = new Set(
  (
    'AR AT AU BE BR CA CH CL CN DE DK ES FI FR GB HK ID IN IT JP KR MX MY NL NO NZ PH PL PT RU SA SE TR TW ' +
    'US ZA'
  ).split(' '),
);

/** All regions. Left out, the country is the United States. */
export const EVERY_COUNTRY = 'ALL';

/** Languages that Brave calls as ISO 639-1 does. */
const SAME_NAMES =
  'ar bg bn ca cs da de en es et eu fi fr gl gu he hi hr hu is it kn ko lt lv ml mr ms nb nl pa pl ro ru sk sl sr sv ta ' +
  'te th tr uk vi';

/** What Brave calls the others, which may depend on the country. */
const OTHER_NAMES: Readonly<Record<string, (country: string | undefined) => string>> = {
  ja: () => 'jp',
  no: () => 'nb',
  pt: (country) => (country === 'BR' ? 'pt-br' : 'pt-pt'),
  zh: (country) => (country === 'TW' || country === 'HK' ? 'zh-hant' : 'zh-hans'),
};

/** ISO 639-1. */
export const braveLanguages: ReadonlySet<string> = new Set([
  ...SAME_NAMES.split(' '),
  ...Object.keys(OTHER_NAMES),
]);

/** @returns Brave's name of a language; undefined where it has none */
export function toSearchLanguage(
  language: string | undefined,
  country: string | undefined,
): string | undefined {
  if (language === undefined || !braveLanguages.has(language)) return undefined;
  return OTHER_NAMES[language]?.(country) ?? language;
}
