declare module 'virtual:first-texts' {
  export const firstTexts: Readonly<
    Record<import('../language/languages').Language, import('./first-texts').FirstTexts>
  >;
}
