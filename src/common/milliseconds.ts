/** A duration as clients see it, in milliseconds: to the microsecond, beyond which there is only noise. */
export const milliseconds = (duration: number): number => Math.round(duration * 1_000) / 1_000;
