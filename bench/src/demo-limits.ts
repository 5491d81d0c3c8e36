/** What a run of the demo has shown. */
export interface DemoFacts {
  /** Sent in all of it. */
  readonly requests: number;
  readonly lost: number;
  /** Users who got the old version again after the new one, while nobody went back. */
  readonly flips: number;
  /** The version that answered last; nothing where none did. */
  readonly serving: string | undefined;
  /** From the end of the set-up to the last answer. */
  readonly runMs: number;
}

const fewestRequests = 3_000;
const longestMs = 180_000;

/** Which promises of the demo a run has not kept, in words; none when it is good. Pure. */
export function demoMisses({ requests, lost, flips, serving, runMs }: DemoFacts): readonly string[] {
  const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`;
  return [
    ...(lost > 0 ? [`${lost} ${lost === 1 ? "request" : "requests"} lost, 0 allowed`] : []),
    ...(flips > 0 ? [`${flips} clients saw the version before again`] : []),
    ...(serving === "v1" ? [] : [`${serving ?? "nothing"} serves in the end, not v1`]),
    ...(requests >= fewestRequests ? [] : [`${requests} requests are too few to show it, ${fewestRequests} at least`]),
    ...(runMs < longestMs ? [] : [`took ${seconds(runMs)} after the set-up, under ${seconds(longestMs)} wanted`]),
  ];
}
