import type { Config } from "./schema.ts";

/** By driver; `directory` is where a checkout of Sluice has what it is built from. */
const images = {
  haproxy: { name: "sluice/door:3.0", directory: "images/door" },
  caddy: { name: "sluice/door-caddy:2", directory: "images/door-caddy" },
} as const;

/** The image of the doors: what is configured, else that of the driver. */
export function doorImage({ traffic: { driver, image } }: Config): string {
  return image ?? images[driver].name;
}

/** The command that brings the image of the doors to an engine. */
export function doorImageCommand({ traffic: { driver, image } }: Config): string {
  const { name, directory } = images[driver];
  return image ? `docker pull ${image}` : `in a checkout of Sluice: docker build -t ${name} ${directory}`;
}
