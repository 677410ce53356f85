import { createTheme } from '@mantine/core';

/** A dialog's header element is no banner of the page, but browsers and checkers take it for one. */
const attributes = { header: { role: 'presentation' } };

/**
 * What components do by default, by their names: to import them here would load each before it is shown. Colours and sizes
 * are in theme.css.
 */
export const theme = createTheme({
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Drawer: { defaultProps: { attributes } },
    Modal: { defaultProps: { centered: true, attributes } },
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: true } } },
  },
});
