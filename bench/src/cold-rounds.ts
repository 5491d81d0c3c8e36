/** One way back, from the version that serves to one that has to be started. */
export interface ColdRound {
  readonly round: number;
  readonly old: string;
  readonly next: string;
}

/**
 * Ways back to v2, v3 and so on, each from where the one before has led. They begin at `newest`, the deployment after the
 * rounds that went back to v1: that one is warm then, and none of those that follow. Pure.
 */
export function coldRounds(count: number, newest: string): ColdRound[] {
  return Array.from({ length: count }, (_, index) => {
    const round = index + 1;
    return { round, old: index === 0 ? newest : `v${round}`, next: `v${round + 1}` };
  });
}
