import { ChatNotFoundError } from '../run/chat.errors.js';

/** What Redis has of a run is not what its server wrote, and stays so: nothing of it can be resumed. */
export class BrokenRunError extends ChatNotFoundError {}
