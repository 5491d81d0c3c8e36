import { shellWord } from "@sluice/core";

interface ProvingPlace {
  readonly stack: string;
  readonly environment?: string | undefined;
  /** Absolute. */
  readonly stateHome: string;
}

/**
 * What to do about a release that is not proven. The command that shows the other stack has all options that say which it is:
 * they stand before the verb, so that it gets none of the options of this call, which mean another one. Pure.
 *
 * @param stored tag of what this stack has stored of the release that is asked for
 */
export function proofHint({ stack, environment, stateHome }: ProvingPlace, stored: string | null): string {
  const env = environment === undefined ? "" : ` --env ${shellWord(environment)}`;
  return (
    "see promotion in sluice.yaml, which says where releases prove themselves; " +
    `sluice -p ${stack}${env} --state-home ${shellWord(stateHome)} status shows it` +
    (stored === null ? "" : `; as it is stored here: sluice rollback ${stored}`)
  );
}
