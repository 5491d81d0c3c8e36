import { expect, it } from "vitest";
import { binomial, poisson, randomFrom } from "./random.ts";

function momentsOf(draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: 20_000 }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

it.each([0.05, 3, 49, 51, 4_000])("a count of which %f are expected has that mean and that variance", (mean) => {
  const random = randomFrom(7);
  const moments = momentsOf(() => poisson(mean, random));
  expect(Math.abs(moments.mean / mean - 1)).toBeLessThan(0.05);
  expect(Math.abs(moments.variance / mean - 1)).toBeLessThan(0.05);
});

it.each([
  [10, 0.003],
  [10, 0.9],
  [500, 0.02],
  [500, 0.2],
  [90_000, 0.003],
])("hits of %i tries at %f have the mean and the variance of a binomial", (n, p) => {
  const random = randomFrom(11);
  const moments = momentsOf(() => binomial(n, p, random));
  expect(Math.abs(moments.mean / (n * p) - 1)).toBeLessThan(0.08);
  expect(Math.abs(moments.variance / (n * p * (1 - p)) - 1)).toBeLessThan(0.08);
});

it("nothing and everything are what they are", () => {
  const random = randomFrom(1);
  expect([poisson(0, random), binomial(0, 0.5, random), binomial(9, 0, random), binomial(9, 1, random)]).toEqual([
    0, 0, 0, 9,
  ]);
});
