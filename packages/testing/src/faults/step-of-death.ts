interface Entry {
  readonly type: string;
  readonly step?: string;
  readonly plan?: { readonly steps: readonly { readonly id: string; readonly kind: string }[] };
}

/**
 * In which step a deployer died, as the kind of step, by the journal that it has left: `backup` in it, `backup while it
 * is undone`, `after backup` between an outcome and the next intent. Pure.
 */
export function stepOfDeath(journal: string): string {
  // The last line may be half a record.
  const lines = journal.slice(0, journal.lastIndexOf("\n") + 1).split("\n");
  let kinds: ReadonlyMap<string, string> = new Map();
  let where = "no deployment";
  for (const line of lines.filter((one) => one !== "")) {
    const { type, step = "", plan } = JSON.parse(line) as Entry;
    if (type === "deployment-start") {
      kinds = new Map(plan?.steps.map(({ id, kind }) => [id, kind]));
      where = "before any step";
    } else if (type === "step-intent") where = kinds.get(step) ?? "a step of another plan";
    else if (type === "undo-intent") where = `${kinds.get(step) ?? "a step of another plan"} while it is undone`;
    else if (type === "step-outcome") where = `after ${kinds.get(step) ?? "a step of another plan"}`;
    else if (type === "deployment-end") where = "no deployment";
  }
  return where;
}
