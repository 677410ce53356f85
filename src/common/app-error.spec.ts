import { DrainingError } from './lifecycle.js';

describe('AppError', () => {
  it('has no stack, and so no hold on the call that it was made in', () => {
    expect(new DrainingError().stack).not.toContain('\n');
  });

  it('leaves other errors theirs', () => {
    const { stackTraceLimit } = Error;
    new DrainingError();
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    expect(new Error('of our own').stack).toContain('app-error.spec');
  });

  it('says what it is', () => {
    const error = new DrainingError();
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('DrainingError');
    expect(error.message).toBe(error.publicMessage);
  });
});
