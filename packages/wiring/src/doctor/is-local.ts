import { resolveEndpoint } from "@sluice/compose";

/**
 * Whether the engine is on this machine, found as the `docker` command finds it: only there are this machine's memory and
 * ports the engine's. One that cannot be found is nowhere, which the examiner of the engine tells.
 */
export async function isLocal(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  return resolveEndpoint(env).then(
    ({ kind }) => kind === "unix",
    () => false,
  );
}
