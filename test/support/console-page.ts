/** What a page was told, as a browser would read it. */
export function settingsIn(html: string): unknown {
  const [, content = ''] = /<meta name="keystream-console" content="([^"]*)"/.exec(html) ?? [];
  const plain = content
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'");
  return JSON.parse(plain.replaceAll('&amp;', '&'));
}

/** A policy's sources, by directive. */
export const policyOf = (header: unknown): Record<string, string> =>
  Object.fromEntries(
    String(header)
      .split('; ')
      .map((directive) => [directive.split(' ')[0]!, directive.split(' ').slice(1).join(' ')]),
  );
