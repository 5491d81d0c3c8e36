import { type ComposeFileUse, type ResolvedProject, type ServiceFacts, slotServices } from "@sluice/core";
import { buildSecrets } from "../model/build-secrets.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { notedValue } from "../model/env-file-values.ts";
import { isInBase } from "../model/placement.ts";
import type { ServiceFinding } from "../roles/finding-rule.ts";

/**
 * Secrets and configs whose variable nobody sets, each once, for the first service that uses it. Errors for slots and jobs, which
 * every deployment makes anew; warnings for base, whose containers may have what they need. For builds it is told alone: they go on
 * without, and many a project is built elsewhere. Compose says nothing of it before. Pure.
 */
export function missingVariableFindings(
  { model, services }: Pick<ResolvedProject, "model" | "services">,
  env: Readonly<Record<string, string | undefined>>,
): readonly ServiceFinding[] {
  const told = new Set<string>();
  const find = ({ name: service }: ServiceFacts, { severity, hint, usesOf }: Need): readonly ServiceFinding[] =>
    kinds.flatMap(([kind, noun]) =>
      usesOf(service, kind).flatMap(({ source }): ServiceFinding[] => {
        const object = model[kind]?.[source] ?? {};
        const path = [kind, source, "environment"];
        const key = path.join("\0");
        if (object.environment === undefined || told.has(key)) return [];
        const variable = unescapeDollars(object.environment);
        if ((env[variable] ?? notedValue(object)) !== undefined) return [];
        told.add(key);
        const message = `${noun} ${source} of ${service} is variable ${variable}, which is not set`;
        return [{ severity, code: "variable-not-there", message, hint, service, path }];
      }),
    );
  const active = services.filter((service) => service.active);
  const ofContainer: Need["usesOf"] = (service, kind) => model.services[service]?.[kind] ?? [];
  const ofBuild: Need["usesOf"] = (service, kind) => (kind === "secrets" ? buildSecrets(model.services[service]) : []);
  const each = { severity: "error", hint: `set it in ${places}`, usesOf: ofContainer } as const;
  const base = {
    ...each,
    severity: "warn",
    hint: `its container cannot be made without: set it in ${places}`,
  } as const;
  const build = {
    severity: "info",
    hint: "it matters only where the image is built, which goes on without: set it there, or in .env, if the build needs it",
    usesOf: ofBuild,
  } as const;
  return [
    ...[...slotServices(services), ...active.filter(({ role }) => role === "job")].flatMap((one) => find(one, each)),
    ...active.filter(isInBase).flatMap((one) => find(one, base)),
    ...active.filter(({ role }) => role !== "tool").flatMap((one) => find(one, build)),
  ];
}

interface Need extends Pick<ServiceFinding, "severity"> {
  readonly hint: string;
  readonly usesOf: (service: string, kind: (typeof kinds)[number][0]) => readonly ComposeFileUse[];
}

const kinds = [
  ["secrets", "secret"],
  ["configs", "config"],
] as const;

const places = "the environment of every deployment, or in .env";
