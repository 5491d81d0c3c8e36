import { type ResolvedProject, slotServices } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";
import { envFileValues } from "../model/env-file-values.ts";
import type { ServiceFinding } from "../roles/finding-rule.ts";

/**
 * Secrets and configs whose variable nobody sets, each once, for the first service that uses it: every deployment makes slots
 * and jobs anew, and Compose says nothing of it before. Pure.
 */
export function missingVariableFindings(
  { model, services }: Pick<ResolvedProject, "model" | "services">,
  env: Readonly<Record<string, string | undefined>>,
): readonly ServiceFinding[] {
  const variables = { ...envFileValues(model), ...env };
  const told = new Set<string>();
  const jobs = services.filter(({ role, active }) => role === "job" && active);
  return [...slotServices(services), ...jobs].flatMap(({ name: service }) =>
    (["secrets", "configs"] as const).flatMap((kind) =>
      (model.services[service]?.[kind] ?? []).flatMap(({ source }): ServiceFinding[] => {
        const written = model[kind]?.[source]?.environment;
        const path = [kind, source, "environment"];
        if (written === undefined || variables[unescapeDollars(written)] !== undefined) return [];
        if (told.has(path.join("\0"))) return [];
        told.add(path.join("\0"));
        const what = kind === "secrets" ? "secret" : "config";
        return [
          {
            severity: "error",
            code: "variable-not-there",
            message: `${what} ${source} of ${service} is variable ${unescapeDollars(written)}, which is not set`,
            hint: "set it in the environment of every deployment, or in .env",
            service,
            path,
          },
        ];
      }),
    ),
  );
}
