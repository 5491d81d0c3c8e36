import type { Approvals } from "./read-approvals.ts";

/**
 * Why a release is not approved by as many people as it takes: the deployment itself by the reviewers of its environment,
 * or each pull request that it brings by people other than its author. Empty where it is. Pure.
 */
export function approvalObjections({ environment, pulls, direct }: Approvals, needed: number): readonly string[] {
  const reviewers = new Set(environment.filter(({ state }) => state === "approved").map(({ by }) => by));
  if (reviewers.size >= needed) return [];
  const lacking = pulls.flatMap(({ number, author, approvedBy }) => {
    const others = approvedBy.filter((person) => person !== author);
    return others.length >= needed
      ? []
      : [`#${number} by ${author} is approved by ${others.length} of ${needed} others`];
  });
  const [first] = direct;
  if (first === undefined) return lacking;
  const more = direct.length > 1 ? ` and ${direct.length - 1} more` : "";
  return [...lacking, `commit ${first.slice(0, 7)}${more} came by no pull request`];
}
