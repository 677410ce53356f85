import { ChatNotFoundError } from '../run/chat.errors.js';

/** What Redis has of a run cannot be what its server wrote, and nobody will mend it: nothing of it can be resumed. */
export class BrokenRunError extends ChatNotFoundError {}
