/**
 * The only markup that scripts may write is the component library's rules of style: what Mantine puts into a `<style>`
 * element for a property that depends on the width of the window. All else, by whichever code, is refused by the browser.
 * https://www.w3.org/TR/trusted-types/#default-policy-hdr
 */
export function allowOnlyStyles(): void {
  shareNonce();
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicyFactory };
  // Only Chromium's relatives and the newest of the others know them.
  trustedTypes?.createPolicy('default', { createHTML: (text) => (isStyle(text) ? text : null) });
}

/** No mark that would end the element, a rule or a text, or hide one that does. */
const PLAIN = String.raw`[^{}<\\"'@]*`;
/** For a class that Mantine makes up for the purpose. */
const RULE = String.raw`\.__m__-[\w-]+\{${PLAIN}\}`;
const STYLE = new RegExp(`^(?:${RULE}|@(?:media|container)${PLAIN}\\{(?:${RULE})*\\})+$`);

/** Whether a text is Mantine's own style for an element, can be nothing else, and loads nothing. */
export const isStyle = (text: string): boolean => STYLE.test(text) && !/url\(/i.test(text);

interface TrustedTypePolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown;
}

/** For packages that make a style element by themselves, such as the lock of a page behind a dialog. */
function shareNonce(): void {
  const meta = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]');
  Object.assign(globalThis, { __webpack_nonce__: meta?.nonce });
}
