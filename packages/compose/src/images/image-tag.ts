/**
 * The tag of a release as an image can have it: with `-` for what is not allowed there, and none in the beginning. Releases may
 * share one. Pure. https://docs.docker.com/reference/cli/docker/image/tag
 */
export function imageTagOf(release: string): string {
  return release
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 128);
}
