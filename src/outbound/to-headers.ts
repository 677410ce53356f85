/** Values that `Headers` takes (RFC 9110, 5.5); it throws on others, and a server may send them. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A response's headers as undici gives them. Fields with characters that no header may have are left out. */
export function toHeaders(record: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(record)) {
    for (const single of Array.isArray(value) ? value : [value]) {
      if (single !== undefined && FIELD_VALUE.test(single)) headers.append(name, single);
    }
  }
  return headers;
}
