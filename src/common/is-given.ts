/** Whether an input has a value: GraphQL leaves out what a client leaves out, and has null where it says so. */
export const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;
