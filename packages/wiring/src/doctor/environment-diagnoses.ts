import type { Diagnosis } from "@sluice/core";

export interface EnvironmentFacts {
  /** Tag of the release that serves. */
  readonly tag: string;
  /** Keyed hashes by `service.NAME`: of the release that serves, and of the project as it is resolved here. */
  readonly live: Readonly<Record<string, string>>;
  readonly here: Readonly<Record<string, string>>;
  /** Whether this is the commit that serves: another one may well want other variables. */
  readonly isSameCommit: boolean;
  /** Those, in the same way, that have their value only where it is deployed: here it says nothing. */
  readonly ofRun: ReadonlySet<string>;
}

/** Variables that have another value here than in what serves, by name: the values are nobody's business. */
export function environmentDiagnoses(facts: EnvironmentFacts): readonly Diagnosis[] {
  const { tag, live, here, isSameCommit, ofRun } = facts;
  if (!isSameCommit) return [];
  const all = [...new Set([...Object.keys(live), ...Object.keys(here)])];
  const keys = all.filter((key) => live[key] !== here[key] && !ofRun.has(key));
  if (keys.length === 0) return [];
  const shown = keys.toSorted().slice(0, 10);
  const more = keys.length > shown.length ? ` and ${keys.length - shown.length} more` : "";
  return [
    {
      severity: "warn",
      code: "variable-differs",
      what: `variables differ from those of ${tag}, which serves: ${shown.join(", ")}${more}`,
      why: "the same commit would be deployed with other settings than it runs with",
      mend: "compare the secrets of the repository with what is meant; sluice deploy makes them live",
    },
  ];
}
