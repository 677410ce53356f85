/** A document, or a schema, has something that the compiler of selections does not know. Nobody sees it. */
export class UnknownSelectionError extends Error {}
