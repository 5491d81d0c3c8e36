import type { ComposeService, RehearsedFiles } from "@sluice/core";

/**
 * The volume or directory of the host that a file of a service is on, the innermost of them; `null` where it is on none, or
 * is mounted itself: what SQLite keeps next to a file needs a directory. Pure.
 *
 * @param file absolute path in the service's container
 */
export function fileMount({ volumes = [] }: Pick<ComposeService, "volumes">, file: string): RehearsedFiles | null {
  const around = volumes.flatMap(({ type, source, target: written }) => {
    const target = written.replace(/(?<=.)\/+$/, "");
    const isAround = file.startsWith(target === "/" ? target : `${target}/`);
    return source && isAround && (type === "volume" || type === "bind") ? [{ source, target }] : [];
  });
  return around.toSorted((a, b) => b.target.length - a.target.length)[0] ?? null;
}
