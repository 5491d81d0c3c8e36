import type { DeploymentCell, Steps } from "./measure-deployments.ts";
import type { ErrorScenario } from "./simulate-errors.ts";

/** What is simulated of one kind of traffic. */
export interface Cell {
  readonly rate: string;
  readonly scenario: Omit<ErrorScenario, "candidate">;
}

export interface Extent {
  readonly rates: readonly Rate[];
  /** Percent. */
  readonly shares: readonly number[];
  /** Percent. */
  readonly bases: readonly number[];
  /** How many users there are, where latency is judged. */
  readonly crowds: readonly number[];
  readonly runs: number;
}

export interface Rate {
  readonly name: string;
  readonly perSecond: number;
}

const rates: readonly Rate[] = [
  { name: "5/min", perSecond: 5 / 60 },
  { name: "20/min", perSecond: 20 / 60 },
  { name: "100/min", perSecond: 100 / 60 },
  { name: "10/s", perSecond: 10 },
  { name: "100/s", perSecond: 100 },
  { name: "1000/s", perSecond: 1_000 },
  { name: "5000/s", perSecond: 5_000 },
];

/** Percentage points that the candidate is worse. */
export const effects = [1, 5, 20, 100] as const;

export const fullExtent = (runs: number): Extent => ({
  rates,
  shares: [1, 5, 10, 25, 50],
  bases: [0, 0.3, 2],
  crowds: [40, 400],
  runs,
});

export const quickExtent = (runs: number): Extent => ({
  rates: rates.filter(({ name }) => ["5/min", "100/min", "100/s", "5000/s"].includes(name)),
  shares: [5, 50],
  bases: [0.3, 2],
  crowds: [400],
  runs,
});

/** 300 looks at the step, 60 at the bake: every second from 10 requests a second on, every two below. */
export function cellsOf({ rates: wanted, shares, bases }: Extent): readonly Cell[] {
  return wanted.flatMap(({ name, perSecond }) =>
    shares.flatMap((share) =>
      bases.map((base) => ({
        rate: name,
        scenario: {
          perSecond,
          share: share / 100,
          base: base / 100,
          stepLooks: 300,
          bakeLooks: 60,
          interval: perSecond < 10 ? 2 : 1,
        },
      })),
    ),
  );
}

/** From here on a few clients would each make more requests than clients do. */
const fewClientsBelowPerSecond = 1_000;

/** Whole deployments: by the steps of the configuration, and by more of them where errors are most. */
export function deploymentCellsOf({ rates: wanted, bases, crowds }: Extent): readonly DeploymentCell[] {
  const most = Math.max(...crowds);
  return wanted.flatMap((rate) =>
    bases.flatMap((base) =>
      crowds
        .filter((clients) => clients === most || rate.perSecond < fewClientsBelowPerSecond)
        .flatMap((clients) => {
          const steps: readonly Steps[] =
            clients === most && base === Math.max(...bases) ? ["default", "5, 25, 50, 100"] : ["default"];
          return steps.map((one) => ({ rate, base, clients, steps: one }));
        }),
    ),
  );
}
