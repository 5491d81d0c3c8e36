import { type CheckoutTexts, type WorkflowEnvironment, type WorkflowFacts, workflowFacts } from "../../src/index.ts";
import type { Layout } from "../layouts.ts";
import { ordinaryUse } from "./github-uses.ts";

/** An environment without settings of its own, as most projects have it. */
export const productionHere: WorkflowEnvironment = {
  name: "production",
  isConfigured: false,
  onGithub: "production",
  takesPrereleases: false,
};

/** Another one, with settings of its own. */
export const aStaging: WorkflowEnvironment = {
  name: "staging",
  isConfigured: true,
  onGithub: "staging",
  takesPrereleases: true,
};

export function factsOf(
  { composeFiles, workflows }: Layout,
  checkout: Partial<Pick<CheckoutTexts, "github" | "environment" | "configVariables" | "timezone">> = {},
): WorkflowFacts {
  const read = (path: string) => composeFiles.find((file) => file.path === path)?.text ?? null;
  // Compose finds the first file and its override by itself.
  const found = composeFiles.filter(({ path }) => !path.includes("deploy"));
  return workflowFacts({
    composeFiles: found,
    filesAreNamed: false,
    read,
    envFileText: "SMTP_HOST=mail\nSECRET_KEY=changethis\n",
    workflows,
    hasDatabase: true,
    hasSubmodules: false,
    configVariables: [],
    timezone: "UTC",
    environment: productionHere,
    github: ordinaryUse,
    ...checkout,
  });
}
