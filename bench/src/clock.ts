/**
 * Milliseconds on the machine's monotonic clock. Two processes of one machine read the same clock, so a time taken in
 * the parent can be compared with one taken in the load generator.
 */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
