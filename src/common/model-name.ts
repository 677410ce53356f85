/** What may be the name of a model, by whoever names it: printable ASCII without spaces. */
export const MODEL_NAME = /^[\x21-\x7e]{1,200}$/;
