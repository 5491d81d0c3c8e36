/**
 * Whether the run that this belongs to was started by a release. A schedule, or a person who starts a look, names none, and
 * that is no fault. By hand an event may be given without its name. Pure.
 */
export function isRunOfRelease(env: Readonly<Record<string, string | undefined>>): boolean {
  const { GITHUB_EVENT_PATH: path, GITHUB_EVENT_NAME: name } = env;
  return Boolean(path) && (!name || name === "release");
}
