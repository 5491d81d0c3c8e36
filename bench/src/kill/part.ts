import { seededRandom } from "@sluice/testing/random";
import { UsageError } from "../options.ts";

/** The part of a list that `2/6` names: the second of six, drawn by lot, so that each has some of all kinds. */
export function partOf<T>(list: readonly T[], part: string, seed = 1): readonly T[] {
  const [number = 0, count = 0] = part.split("/").map(Number);
  if (!(Number.isInteger(number) && Number.isInteger(count) && number >= 1 && number <= count))
    throw new UsageError(`--part ${part}: say which of how many, such as 2/6`);
  if (count === 1) return list;
  const random = seededRandom(seed);
  const drawn = list.map((one) => ({ one, lot: random() })).toSorted((a, b) => a.lot - b.lot);
  return drawn.filter((_, index) => index % count === number - 1).map(({ one }) => one);
}
