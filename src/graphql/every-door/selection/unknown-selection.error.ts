/** A document, or a schema, has something that the compiler of selections does not know. Clients never see it. */
export class UnknownSelectionError extends Error {}
