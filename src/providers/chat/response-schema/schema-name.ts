/** What a schema is called where an API wants a name. */
export const SCHEMA_NAME = 'answer';
