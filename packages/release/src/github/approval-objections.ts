import type { Approvals } from "./read-approvals.ts";

export interface ApprovalRule {
  /** How many people it takes. */
  readonly needed: number;
  /** GitHub's name of the environment that is deployed to: a review of another one says nothing of it. */
  readonly environment: string;
  /** Who started the run. GitHub lets them review it themselves unless the environment forbids that. */
  readonly startedBy: readonly string[];
}

/**
 * Why a release is not approved by as many people as it takes: the deployment itself by the reviewers of its environment
 * other than those who started it, or each pull request that it brings by people other than its author. Empty where it is.
 * Pure.
 */
export function approvalObjections(
  { environment: reviews, pulls, direct, unasked, incomparable }: Approvals,
  { needed, environment, startedBy }: ApprovalRule,
): readonly string[] {
  const approved = reviews.filter(({ state }) => state === "approved");
  const isHere = ({ environments }: Review) => environments.some((name) => isSame(name, environment));
  const isOther = ({ by }: Review) => !startedBy.some((person) => isSame(person, by));
  const reviewers = new Set(approved.filter((review) => isHere(review) && isOther(review)).map(({ by }) => by));
  if (reviewers.size >= needed) return [];
  const uncounted = approved.flatMap((review) => {
    if (!isHere(review)) return [`${review.by} approved ${review.environments.join(", ")}, and not ${environment}`];
    return isOther(review) ? [] : [`${review.by}, who approved ${environment}, started the run`];
  });
  const lacking = pulls.flatMap(({ number, author, approvedBy }) => {
    const others = approvedBy.filter((person) => person !== author);
    return others.length >= needed
      ? []
      : [`#${number} by ${author} is approved by ${others.length} of ${needed} others`];
  });
  const [first = "", ...others] = direct;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  const unknown = [
    ...(direct.length > 0 ? [`commit ${first.slice(0, 7)}${more} came by no pull request`] : []),
    ...(unasked > 0 ? [`${unasked} commits are too many to ask GitHub what brought them`] : []),
    ...(incomparable === undefined
      ? []
      : [
          `GitHub cannot compare it with what serves, commit ${incomparable.slice(0, 7)}, which is not there or shares no history ` +
            `with it: the deployment itself has to be approved, by reviewers of ${environment}`,
        ]),
  ];
  return lacking.length + unknown.length > 0 ? [...lacking, ...uncounted, ...unknown] : [];
}

type Review = Approvals["environment"][number];

/**
 * GitHub tells neither people nor environments apart by the case of their names.
 * https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments
 */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
