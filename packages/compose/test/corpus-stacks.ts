import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedProject, Role } from "@sluice/core";
import { createComposeResolver, type ResolveRequest } from "../src/index.ts";

const corpus = join(import.meta.dirname, "corpus");

interface CorpusStack extends Pick<ResolveRequest, "files" | "envFiles"> {
  readonly directory: string;
  /** Variables that the project asks for. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** By the keys of roles.json. */
export const stacks: Readonly<Record<string, CorpusStack>> = {
  "docker__awesome-compose~nginx-golang-postgres": { directory: "docker__awesome-compose/nginx-golang-postgres" },
  "docker__awesome-compose~react-express-mongodb": { directory: "docker__awesome-compose/react-express-mongodb" },
  "docker__awesome-compose~traefik-golang": { directory: "docker__awesome-compose/traefik-golang" },
  "docker__awesome-compose~wordpress-mysql": { directory: "docker__awesome-compose/wordpress-mysql" },
  "fastapi__full-stack-fastapi-template~": {
    directory: "fastapi__full-stack-fastapi-template",
    files: ["compose.yml", "compose.deploy.yml"],
    variables: { DOMAIN: "example.com", STACK_NAME: "s", DOCKER_IMAGE_BACKEND: "backend", FRONTEND_HOST: "x" },
  },
  "n8n-io__n8n-hosting~docker-compose__withPostgresAndWorker": {
    directory: "n8n-io__n8n-hosting/docker-compose/withPostgresAndWorker",
  },
  "saleor__saleor-platform~": { directory: "saleor__saleor-platform" },
  "frappe__frappe_docker~~compose.yaml": {
    directory: "frappe__frappe_docker",
    files: ["compose.yaml", ...["mariadb", "redis", "https"].map((name) => `overrides/compose.${name}.yaml`)],
    envFiles: ["example.env"],
  },
  "mattermost__docker~": {
    directory: "mattermost__docker",
    files: ["docker-compose.yml", "docker-compose.nginx.yml"],
    envFiles: ["env.example"],
  },
  "cookiecutter__cookiecutter-django~my_project": {
    directory: "cookiecutter__cookiecutter-django/my_project",
    files: ["docker-compose.production.yml"],
  },
  "temporalio__docker-compose~~docker-compose-postgres.yml": {
    directory: "temporalio__docker-compose",
    files: ["docker-compose-postgres.yml"],
  },
  "umami-software__umami~": { directory: "umami-software__umami" },
  "hoppscotch__hoppscotch~~docker-compose.deploy.yml": {
    directory: "hoppscotch__hoppscotch",
    files: ["docker-compose.deploy.yml"],
  },
  "netbox-community__netbox-docker~": { directory: "netbox-community__netbox-docker" },
  "TryGhost__ghost-docker~": {
    directory: "TryGhost__ghost-docker",
    variables: { DOMAIN: "example.com", DATABASE_PASSWORD: "x", DATABASE_ROOT_PASSWORD: "y" },
  },
  "nickjj__docker-rails-example~": { directory: "nickjj__docker-rails-example" },
  "stefanprodan__dockprom~": { directory: "stefanprodan__dockprom" },
  "ory__kratos~": { directory: "ory__kratos", files: ["quickstart.yml", "quickstart-postgres.yml"] },
  "dockersamples__example-voting-app~": { directory: "dockersamples__example-voting-app" },
  "testdrivenio__django-on-docker~": {
    directory: "testdrivenio__django-on-docker",
    files: ["docker-compose.prod.yml"],
  },
};

export const expectedRoles = JSON.parse(readFileSync(join(corpus, "roles.json"), "utf8")) as Readonly<
  Record<string, Readonly<Record<string, Role>>>
>;

/** What the docker command line needs of the environment. */
export const cliEnvironment = { PATH: process.env["PATH"], HOME: process.env["HOME"] };

const resolved = new Map<string, Promise<ResolvedProject>>();

/** Resolved once for all tests. */
export function resolveStack(key: string): Promise<ResolvedProject> {
  const { directory, variables, ...request } = stacks[key] ?? { directory: "" };
  const resolver = createComposeResolver({ env: { ...cliEnvironment, ...variables } });
  const made =
    resolved.get(key) ?? resolver.resolve({ ...request, stack: "corpus", directory: join(corpus, directory) });
  resolved.set(key, made);
  return made;
}
