import type { SequenceCheck } from "@sluice/core";

export const sequenceLimit = ({ steps }: SequenceCheck): string =>
  `${steps.length === 1 ? "1 step" : `all ${steps.length} steps`} as expected`;
