/** What a model may be called, in a request as in a list: printable ASCII without spaces. */
export const MODEL_NAME = /^[\x21-\x7e]{1,200}$/;
