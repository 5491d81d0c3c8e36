import type { ComposeService } from "@sluice/core";

/** `links: [db:database]`: another service, and the name that this one calls it by. */
export interface ServiceLink {
  readonly service: string;
  readonly alias: string;
}

/** A service without a name of its own for it is called as it is called anyway. */
export function serviceLinks(service: ComposeService | undefined): readonly ServiceLink[] {
  const written = service?.["links"];
  if (!Array.isArray(written)) return [];
  return written
    .filter((text) => typeof text === "string")
    .map((text) => text.split(":"))
    .map(([name = "", alias = name]) => ({ service: name, alias }));
}
