import type { HtmlTagDescriptor, Plugin } from 'vite';

/**
 * Has the browser load the style sheets of a module from the beginning, and paint nothing before the page's own script has
 * run, which shows something. That one is small; the module itself is loaded after the first paint, which would otherwise
 * share a slow line with all of it.
 *
 * @param page its path in the console's folder
 * @param module likewise
 */
export function paintedFirst(page: string, module: string): Plugin {
  return {
    name: 'painted-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {}, path }) {
        if (path !== page) return [];
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
        if (!first) throw new Error(`${module} is no chunk of its own.`);
        const names = new Set<string>();
        const styles = new Set<string>();
        const add = (name: string): void => {
          if (names.has(name)) return;
          names.add(name);
          const chunk = chunks.find(({ fileName }) => fileName === name);
          chunk?.viteMetadata?.importedCss.forEach((style) => styles.add(style));
          chunk?.imports.forEach(add);
        };
        add(first.fileName);
        return {
          html: html.replace('<script type="module"', '<script type="module" blocking="render"'),
          tags: [...styles].filter((name) => !html.includes(`/${name}"`)).map(stylesheet),
        };
      },
    },
  };
}

const stylesheet = (name: string): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { crossorigin: true, rel: 'stylesheet', href: `/console/${name}` },
  injectTo: 'head',
});
