import { seededRandom } from "../random.ts";

type Verb = "deploy" | "rollback" | "resume" | "abort";

/** SIGKILL ends a process at once; the others ask it to stop, which it does in order. */
type Signal = "SIGKILL" | "SIGTERM" | "SIGINT";

/**
 * Where a command gets the signal: at one of the records that it writes into its journal (`torn`: when half of it is on
 * the disk), or at a moment after its start. Default SIGKILL.
 */
export type Death =
  | {
      readonly at: "record";
      readonly moment: "before" | "after" | "torn";
      readonly record: number;
      readonly signal?: Signal;
    }
  | { readonly at: "moment"; readonly afterMs: number; readonly signal?: Signal };

export interface KillCase {
  /** Commands that are ended, one after the other; all but the first take up what the one before it has left. */
  readonly killed: readonly { readonly verb: Verb; readonly death: Death }[];
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
const stops = ["SIGTERM", "SIGINT"] as const;
const randomMoments = 30;
/** Early, so that whoever finishes it has much to do, and late, so that whoever undoes it has. */
const deathsBefore = [0.25, 0.65] as const;

/**
 * Every boundary of every step, both ways, 30 random moments, SIGTERM and SIGINT at every record, and deaths of the
 * commands that take up what was left, at every record that they may write.
 */
export function allCases(extents: Extents, seed: number): readonly KillCase[] {
  const random = seededRandom(seed);
  const whole = (limit: number) => Math.floor(random() * limit);
  const recordsOf = (verb: keyof Extents) => Array.from({ length: extents[verb].records }, (_, index) => index + 1);
  const atRecord = (verb: keyof Extents) =>
    recordsOf(verb).flatMap((record) =>
      moments.map((moment) => ({ verb, death: { at: "record" as const, moment, record } })),
    );
  const stopped = (verb: keyof Extents) =>
    recordsOf(verb).map((record) => {
      const signal = stops[record % 2] ?? "SIGTERM";
      return { verb, death: { at: "record" as const, moment: "after" as const, record, signal } };
    });
  const atMoment = Array.from({ length: randomMoments }, (_, index) => {
    const verb = index % 3 === 2 ? ("rollback" as const) : ("deploy" as const);
    return { verb, death: { at: "moment" as const, afterMs: whole(extents[verb].ms) } };
  });
  const recovering = deathsBefore.flatMap((part, index) => {
    const verb = index === 0 ? ("resume" as const) : ("abort" as const);
    const first = Math.ceil(extents.deploy.records * part);
    const most = verb === "resume" ? extents.deploy.records - first : first;
    return Array.from({ length: most }, (_, past) => [
      { verb: "deploy" as const, death: { at: "record" as const, moment: "torn" as const, record: first } },
      {
        verb: past % 4 === 3 ? ("deploy" as const) : verb,
        death: { at: "record" as const, moment: moments[whole(2)] ?? "after", record: past + 1 },
      },
    ]);
  });
  const once = [
    ...atRecord("deploy"),
    ...atRecord("rollback"),
    ...atMoment,
    ...stopped("deploy"),
    ...stopped("rollback"),
  ];
  return [...once.map((killed) => [killed]), ...recovering].map((killed, index) => ({
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
  const deaths = killed.map(({ verb, death }) => {
    const where = death.at === "record" ? `${death.moment} record ${death.record}` : `after ${death.afterMs} ms`;
    return `${verb} ${where}${death.signal ? ` (${death.signal})` : ""}`;
  });
  return `${deaths.join(", ")}; then ${next}`;
}
