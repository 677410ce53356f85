/**
 * Why the process cannot start, in words for its operator. `main.ts` and the commands print the message without a
 * stack trace and exit with code 1 before anything listens.
 */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
