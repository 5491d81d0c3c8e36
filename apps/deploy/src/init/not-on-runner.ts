import type { ProjectWorkflows } from "@sluice/wiring";

/** What of a developer's checkout a runner has not: it gets what is in git, and is cleaned of all else for each job. A line each. */
export function notOnRunnerText({ inCheckout, outOfGit }: Pick<ProjectWorkflows, "inCheckout" | "outOfGit">): string {
  return [...inCheckout.map(inCheckoutText), ...outOfGit.map(outOfGitText)].join("");
}

function inCheckoutText({ service, source, target, variable }: ProjectWorkflows["inCheckout"][number]): string {
  const what = `${service} writes to ${source}, which is another directory in the checkout of a runner, and cleaned there for each job`;
  const where =
    variable === undefined
      ? `write where the data is as an absolute path, /…:${target}`
      : `let ${variable} be where the data is, an absolute path, in env: of the workflow that deploys, or in what it is taken from there`;
  return `${what}: ${where}, before anything is deployed\n`;
}

function outOfGitText({ kind, name, source, isOptional, variable }: ProjectWorkflows["outOfGit"][number]): string {
  const file = kind === "env_file" ? `env_file ${source} of ${name}` : `${kind} ${name} is ${source}, which`;
  const gone = `${file} is not in git, and so not in the checkout of a runner`;
  const step = "write it by a step before `sluice deploy` in the workflow that deploys, from a secret";
  if (isOptional) {
    return `${gone}, where services are without what it says, and nothing is said: ${step}, if production needs it\n`;
  }
  const path = variable === undefined ? "write its absolute path" : `let ${variable} be its absolute path`;
  const without = kind === "env_file" ? ", or required: false if production does without" : "";
  return `${gone}, which is cleaned of what is put there: ${step}; or keep it outside the checkout, and ${path}${without}\n`;
}

/** Values of a developer, which may be secrets, are named by their variables alone. */
export function ownDefaultsText(found: ProjectWorkflows["ownDefaults"]): string {
  const file = "in your .env, which git and so the runner does not have, than";
  const carried = found.flatMap(({ name, value }) =>
    value === null
      ? []
      : `${name} has another value ${file} its default in the compose files; the workflows take it from ${value}: where production needs your value set that, else it has the default\n`,
  );
  const left = found.filter(({ value }) => value === null).map(({ name }) => name);
  if (left.length === 0) return carried.join("");
  const [have, they] = left.length === 1 ? ["has", "it is"] : ["have", "they are"];
  const text = `${left.join(", ")} ${have} another value ${file} the default in the compose files, with which ${they} deployed unless the runner has values of its own: where production needs yours, write NAME: \${{ vars.NAME }} into env: of the workflow that deploys, or secrets.NAME, and run this again\n`;
  return `${carried.join("")}${text}`;
}
