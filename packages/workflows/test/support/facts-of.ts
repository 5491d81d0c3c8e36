import { type WorkflowFacts, workflowFacts } from "../../src/index.ts";
import type { Layout } from "../layouts.ts";
import { ordinaryUse } from "./github-uses.ts";

export function factsOf({ composeFiles, workflows }: Layout, github = ordinaryUse): WorkflowFacts {
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
    configVariables: [],
    github,
  });
}
