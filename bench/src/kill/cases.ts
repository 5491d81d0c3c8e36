import { seededRandom } from "../load/schedule.ts";

/** Where a command dies: at one of the records that it writes into its journal, or at a moment after its start. */
export type Death =
  | { readonly at: "record"; readonly moment: "before" | "after" | "torn"; readonly record: number }
  | { readonly at: "moment"; readonly afterMs: number };

export interface KillCase {
  /** Commands that are killed, one after the other; all but the first take up what the one before it has left. */
  readonly killed: readonly { readonly verb: "deploy" | "rollback" | "resume"; readonly death: Death }[];
  /** What a person types then. */
  readonly next: "deploy" | "resume" | "abort";
}

/** How many records and milliseconds a command takes that nobody kills. */
export interface Extent {
  readonly records: number;
  readonly ms: number;
}

export type Extents = Readonly<Record<"deploy" | "rollback", Extent>>;

const nexts = ["deploy", "resume", "deploy", "abort"] as const;
const moments = ["before", "after"] as const;
const randomMoments = 30;
const resumeDeaths = 12;

/** Every boundary of every step, both ways, 30 random moments, and deaths of the command that takes up what was left. */
export function allCases(extents: Extents, seed: number): readonly KillCase[] {
  const random = seededRandom(seed);
  const whole = (limit: number) => Math.floor(random() * limit);
  const atRecord = (verb: "deploy" | "rollback") =>
    Array.from({ length: extents[verb].records }, (_, index) => index + 1).flatMap((record) =>
      moments.map((moment) => ({ verb, death: { at: "record" as const, moment, record } })),
    );
  const atMoment = Array.from({ length: randomMoments }, (_, index) => {
    const verb = index % 3 === 2 ? ("rollback" as const) : ("deploy" as const);
    return { verb, death: { at: "moment" as const, afterMs: whole(extents[verb].ms) } };
  });
  const first = [...atRecord("deploy"), ...atRecord("rollback"), ...atMoment];
  const twice = Array.from({ length: resumeDeaths }, () => [
    {
      verb: "deploy" as const,
      death: { at: "record" as const, moment: "torn" as const, record: 2 + whole(extents.deploy.records - 2) },
    },
    {
      verb: "resume" as const,
      death: { at: "record" as const, moment: moments[whole(2)] ?? "after", record: 1 + whole(4) },
    },
  ]);
  return [...first.map((killed) => [killed]), ...twice].map((killed, index) => ({
    killed,
    next: nexts[index % nexts.length] ?? "deploy",
  }));
}

/** Some of them, spread over all kinds; the same for the same seed. */
export function sampleOf(cases: readonly KillCase[], count: number, seed: number): readonly KillCase[] {
  const random = seededRandom(seed);
  const size = cases.length / count;
  const picked = Array.from({ length: Math.min(count, cases.length) }, (_, index) =>
    Math.floor((index + random()) * size),
  );
  return picked.map((index) => cases[Math.min(index, cases.length - 1)]).filter((one) => one !== undefined);
}

export function nameOf({ killed, next }: KillCase): string {
  const deaths = killed.map(({ verb, death }) =>
    death.at === "record" ? `${verb} ${death.moment} record ${death.record}` : `${verb} after ${death.afterMs} ms`,
  );
  return `${deaths.join(", ")}; then ${next}`;
}
