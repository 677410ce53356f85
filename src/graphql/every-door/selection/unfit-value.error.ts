/** A value of an event has no place in a result without errors. Clients never see it. */
export class UnfitValueError extends Error {}

/** The only one: it says nothing of its value, and making one for each event would cost more than the event. */
export const UNFIT = new UnfitValueError();
