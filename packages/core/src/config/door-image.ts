import type { Config } from "./schema.ts";

const images = { haproxy: "sluice/door:3.0", caddy: "sluice/door-caddy:2" } as const;

/** The image of the doors: what is configured, else that of the driver. */
export function doorImage({ traffic: { driver, image } }: Config): string {
  return image ?? images[driver];
}
