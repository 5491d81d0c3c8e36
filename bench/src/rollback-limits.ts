import { deploymentLimits, socketLimits } from "./downtime-limits.ts";
import { atLeast, atMost, type Figures, type Numbers, shown } from "./result.ts";

export interface RollbackFacts {
  readonly runs: number;
  readonly warm: Numbers;
  readonly cold: Numbers;
  readonly byHand?: Numbers;
  readonly startUpMs: number;
  readonly drainMs: number;
  /** Rollbacks after which the live slot did not run exactly what the bundle names. */
  readonly wrongImages: number;
  /** Rollbacks whose command did not name the images. */
  readonly silentAboutImages: number;
  /** Of the cold ones, those in which the version had to be started indeed. */
  readonly coldRuns: number;
}

/** The promises of a rollback: warm, one second; cold, those of a deployment. */
export function rollbackFigures(facts: RollbackFacts): Figures {
  const { runs, warm, cold, wrongImages, silentAboutImages, coldRuns, drainMs } = facts;
  const of = (name: string) => warm[name] ?? Number.NaN;
  const limits: Figures = {
    last_old_s: atMost(of("last_old_s"), 1),
    runs_without_loss: atLeast(of("runs_without_loss"), runs),
    requests_lost: atMost(of("requests_lost"), 0),
    orders_wrong: atMost(of("orders_wrong"), 0),
    clients_back: atMost(of("clients_back"), 0),
    ...socketLimits(warm, drainMs),
    wrong_images: atMost(wrongImages, 0),
    silent_about_images: atMost(silentAboutImages, 0),
  };
  const rest = Object.entries(warm).filter(([name]) => !(name in limits));
  const coldLimits = Object.entries(deploymentLimits({ ...facts, sluice: cold }));
  return {
    ...limits,
    ...Object.fromEntries(rest.map(([name, value]) => [name, shown(value)])),
    cold_runs: atLeast(coldRuns, runs),
    ...Object.fromEntries(coldLimits.map(([name, figure]) => [`cold_${name}`, figure])),
  };
}
