interface Shown {
  readonly ref: string;
  /** Oldest first. */
  readonly statuses: readonly { readonly state: string }[];
}

const endings: readonly string[] = ["success", "failure", "error", "inactive"];

/**
 * What is wrong with what GitHub shows when nobody is at work, in words: each deployment has ended, and one is live. Pure.
 *
 * @param from those before it were looked at already: what never ended is said once
 */
export function withoutEnding(deployments: readonly Shown[], from = 0): readonly string[] {
  const last = deployments.map(({ ref, statuses }) => ({ ref, state: statuses.at(-1)?.state ?? "without a status" }));
  const open = last.slice(from).filter(({ state }) => !endings.includes(state));
  const live = last.filter(({ state }) => state === "success");
  return [
    ...open.map(({ ref, state }) => `GitHub shows ${ref} as ${state}`),
    ...(live.length > 1 ? [`GitHub shows ${live.map(({ ref }) => ref).join(" and ")} in production`] : []),
  ];
}
