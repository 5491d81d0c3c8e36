import { isApplication, isInSlot } from "../../model/placement.ts";
import type { ReleaseBundle } from "../../model/release.ts";
import type { ObservedStack } from "../../model/stack.ts";

/**
 * Whether all web and worker services of a release are replaced stop-first, and run: no slot and no door shows who serves
 * then. The image says that it is this release. Pure.
 */
export function runsInBase({ services, images }: ReleaseBundle, { base }: ObservedStack): boolean {
  const own = services.filter((service) => service.active && service.replicas > 0 && isApplication(service.role));
  return (
    own.length > 0 &&
    own.every((service) => {
      const containers = base[service.name]?.containers ?? [];
      const isOwn = (imageId: string) => imageId === images[service.name];
      return (
        !isInSlot(service) &&
        containers.length > 0 &&
        containers.every(({ state, imageId }) => state === "running" && isOwn(imageId))
      );
    })
  );
}
