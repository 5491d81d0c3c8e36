import { type ComposeModel, type ComposeService, checkoutNote, notedPlatform } from "@sluice/core";
import { escapeDollars, unescapeDollars } from "./dollars.ts";

/** The platform that Compose pulls and builds for where a service says none. */
export const platformVariable = "DOCKER_DEFAULT_PLATFORM";

/**
 * The model with what an env file sets that to, as no later run of Compose reads the file: as the platform of each service that is
 * built, which Compose makes it too, counting it in the hash of the container; and noted for what is pulled. Pure.
 */
export function withDefaultPlatform(model: ComposeModel, value: string | undefined): ComposeModel {
  if (!value) return model;
  const platform = escapeDollars(value);
  const withPlatform = (service: ComposeService) =>
    service.build && !service["platform"] && canBeFor(platform, service.build) ? { ...service, platform } : service;
  const services = Object.entries(model.services).map(([name, service]) => [name, withPlatform(service)] as const);
  const note = { ...(model[checkoutNote] as object | undefined), platform };
  return { ...model, services: Object.fromEntries(services), [checkoutNote]: note };
}

/** Of a build for other platforms only, no model with this one is valid: not even where a profile leaves the service out. */
function canBeFor(platform: string, { platforms }: NonNullable<ComposeService["build"]>): boolean {
  return !Array.isArray(platforms) || platforms.length === 0 || platforms.includes(platform);
}

/** For the environment of Compose, under what that says itself. Pure. */
export function defaultPlatform(model: ComposeModel): Readonly<Record<string, string>> {
  const platform = notedPlatform(model);
  return platform === undefined ? {} : { [platformVariable]: unescapeDollars(platform) };
}
