/** How this server names itself to those that it passes requests to. */
const PSEUDONYM = 'keystream';

/**
 * The `Via` of requests to addresses that users name (RFC 9110 section 7.6.3): the version of HTTP in which the request is
 * sent, and a pseudonym in the place of a host, which is nobody's business there. With it, a server that is led back to
 * itself, or to another one of its kind, sees it.
 */
export const VIA = `1.1 ${PSEUDONYM}`;

/**
 * Whether a request was passed on by a server of this kind. Proxies on the way add entries of their own.
 *
 * @param via the header's value; several are joined by commas
 */
export function hasPassedKeystream(via = ''): boolean {
  return via.split(',').some((entry) => {
    // Its version, who received it, perhaps a comment. Without a version it is not well formed, and says it all the same.
    const [version, receivedBy = version] = entry.trim().toLowerCase().split(/\s+/);
    return receivedBy === PSEUDONYM;
  });
}
