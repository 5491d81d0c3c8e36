/** An environment's name as a part of file names and groups. Pure. */
export function slugOf(environment: string): string {
  return environment.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-");
}

/** What ends the name of a secret that each environment has its own of: `DOMAIN_PRODUCTION`. Pure. */
export function secretSuffix(environment: string): string {
  return environment.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
}

/**
 * Whether a workflow is for an environment, by its path: people write prod.yml, stage.yml and deploy-production.yml. Pure.
 */
export function isFor(environment: string, path: string): boolean {
  const beginning = environment.toLowerCase().slice(0, 4);
  return path.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).some((word) => word.toLowerCase().startsWith(beginning));
}

const written = ["deploy", "rollback", "backup", "verify"] as const;

/** Where the workflow of an environment is that does one thing. Pure. */
export function workflowPath(what: (typeof written)[number], environment: string): string {
  return `.github/workflows/${what}-${slugOf(environment)}.yml`;
}

/** Paths of all workflows that are written for an environment, whether there is a need for each or not. Pure. */
export function workflowPaths(environment: string): readonly string[] {
  return written.map((what) => workflowPath(what, environment));
}
