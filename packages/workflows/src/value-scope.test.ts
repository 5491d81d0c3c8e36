import { describe, expect, it } from "vitest";
import { isOfRun, scopeOf, withoutRelease } from "./value-scope.ts";

describe("where a value can stand", () => {
  it.each([
    "production",
    "",
    "a $b {{ c }} 'd'",
    "${{ secrets.A }}",
    "x-${{ vars['A B'] }}-${{ github.sha }}",
    "${{ GitHub.Ref_Name == 'steps.a }} inputs.b' && Secrets.A || 'it''s env.X' }}",
    "${{ format('{0}', toJSON(vars)) || true || 1e3 || 0xff }}",
    "${{ github.event_name }}",
  ])("in every job: %s", (value) => {
    expect(scopeOf(value)).toBe("every-job");
  });

  it.each([
    "${{ github.event.release.tag_name }}",
    "v${{ secrets.A }}${{ github . event . release.id || 'x' }}",
    "${{ github.event.release['name'] }}",
  ])("in one that a release starts: %s", (value) => {
    expect(scopeOf(value)).toBe("release-job");
  });

  it.each([
    "${{ steps.meta.outputs.tag }}",
    "${{ runner.temp }}/a",
    "${{ env.X }}",
    "${{ inputs.tag || github.event.release.tag_name }}",
    "${{ secrets[env.X] }}",
    "${{ github.event.inputs.tag }}",
    "${{ github.event.releases }}",
    "${{ github['event'].release.tag_name }}",
    "${{ github.* }}",
    "${{ github.head_ref }}",
    "${{ hashFiles('**/lock') }}",
    "${{ always() }}",
    "${{ secrets.A",
    "${{ 'a }}",
  ])("nowhere else: %s", (value) => {
    expect(scopeOf(value)).toBe("nowhere");
  });
});

it.each([
  ["${{ github.event.release.tag_name }}", "${{ github.ref_name }}"],
  ["a-${{ !github.event.release.tag_name && secrets.A }}", "a-${{ !github.ref_name && secrets.A }}"],
  ["${{ github.event.release.tag_name }}-${{ github.event.release.id }}", null],
  ["${{ github.event.release.prerelease && 'a' || 'b' }}", null],
])("without a release %s is %s", (value, other) => {
  expect(withoutRelease(value)).toBe(other);
});

it.each([
  ["${{ github.sha }}", true],
  ["app-${{ GitHub . Ref_Name || 'x' }}", true],
  ["${{ github.ref }}", true],
  ["${{ github.ref_type }}", false],
  ["${{ github.event.release.tag_name }}", false],
  ["${{ format('github.sha {0}', secrets.A) }}", false],
  ["github.sha", false],
])("%s is of what a run is about: %s", (value, expected) => {
  expect(isOfRun(value)).toBe(expected);
});
