import type { Finding, ObservedStack, ReleaseBundle } from "@sluice/core";

/**
 * That a release which was live before does not run its jobs where the data that they worked on is not: a job runs once for each
 * release, and what it did is taken to be there. Pure.
 */
export function jobsNotRun(
  { services, tag }: Pick<ReleaseBundle, "services" | "tag">,
  { base }: Pick<ObservedStack, "base">,
): readonly Finding[] {
  const active = services.filter((service) => service.active);
  const jobs = active.filter(({ role }) => role === "job").map(({ name }) => name);
  const anew = active.filter(({ name, role }) => role === "data" && (base[name]?.containers.length ?? 0) === 0);
  if (jobs.length === 0 || anew.length === 0) return [];
  const data = anew.map(({ name }) => name).join(", ");
  const message = `${jobs.join(", ")} will not run: ${tag} was live before, and a job runs once for each release; ${data} is made anew here`;
  const hint = `where the volumes of ${data} did not come along, put the data back (sluice db restore), or deploy a release that is new to the stack, whose jobs run`;
  return [{ severity: "warn", code: "jobs-not-run", message, hint }];
}
