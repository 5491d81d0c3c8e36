import { expect, it } from "vitest";
import { notCovered } from "./not-covered.ts";

const column = (name: string, type: string) => ({ name, type, inKey: false });
const table = (name: string) => ({ name, rows: 1, hash: "0", sampled: false });

it("of columns whose digits are rounded in a dump and in what is compared, that is said", () => {
  const shapes = [
    { name: "prices", transactional: true, columns: [column("id", "int"), column("rate", "float")] },
    { name: "places", transactional: true, columns: [column("lat", "float"), column("exact", "double")] },
  ];
  const said = notCovered(shapes, [table("prices"), table("places")]);
  expect(said.slice(2)).toEqual([
    "digits of FLOAT columns beyond the sixth, which a dump does not hold either: prices.rate, places.lat",
  ]);
  expect(notCovered([], [])).toHaveLength(2);
});
