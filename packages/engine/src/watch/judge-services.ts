import type { Judge, JudgeWindow, SlotWindow, Verdict } from "@sluice/core";

/** Names of the verdicts on latency and errors, by the port's contract. */
const latencyCheck = "latency";
const errorsCheck = "errors";

/** A verdict on what the users of one service got. */
export interface Judged {
  readonly service: string;
  readonly about: "errors" | "latency" | "other";
  readonly verdict: Verdict;
}

/** Judges each service by itself. Where there are several, their verdicts are told apart by name: `errors of api`. */
export function judgeServices(
  judge: Judge,
  windows: readonly {
    readonly service: string;
    readonly candidate: SlotWindow;
    readonly previous: SlotWindow | null;
  }[],
  shared: Pick<JudgeWindow, "look" | "looks" | "settings">,
): readonly Judged[] {
  return windows.flatMap(({ service, candidate, previous }) =>
    judge({ candidate, previous, ...shared, services: windows.length }).map((verdict) => {
      const check = windows.length > 1 ? `${verdict.check} of ${service}` : verdict.check;
      return { service, about: aboutOf(verdict), verdict: { ...verdict, check } };
    }),
  );
}

function aboutOf({ check }: Verdict): Judged["about"] {
  if (check === errorsCheck) return "errors";
  return check === latencyCheck ? "latency" : "other";
}

/**
 * The verdict on errors that nothing can be decided by; `undefined` where all are decided. A service that hardly anybody
 * uses keeps nothing waiting as long as it shows no error and another has enough users to judge by.
 */
export function undecidedOf(judged: readonly Judged[], minRequests: number): Verdict | undefined {
  const onErrors = judged.flatMap(({ about, verdict }) => (about === "errors" ? [verdict] : []));
  const open = onErrors.filter(({ result }) => result === "no-data");
  const isQuiet = ({ n, measured }: Verdict) => n < minRequests && (measured?.candidate ?? 0) === 0;
  return open.length === onErrors.length ? open[0] : open.find((verdict) => !isQuiet(verdict));
}

/** Whether the users of any service are too few to judge its errors. */
export function hasTooFew(judged: readonly Judged[]): boolean {
  return judged.some(({ about, verdict }) => about === "errors" && verdict.result === "no-data");
}
