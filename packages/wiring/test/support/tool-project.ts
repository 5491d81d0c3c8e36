import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { askedUntilReady } from "./asked-until-ready.ts";
import { type ComposeProject, startComposeProject } from "./compose-project.ts";
import { listening } from "./listening.ts";
import { startToolsImage } from "./tools-image.ts";

export const password = "canary-3fd07a";
const url = `postgres://shop:${password}@db:5432/shop?sslmode=disable`;

/** Migration tools, each with its own command as its documentation has it, and where it looks for files. */
const tools = {
  // Without that it writes the schema to a file with pg_dump, as nobody wants it in production.
  dbmate: { command: ["dbmate", "--no-dump-schema", "up"], files: "dbmate/db/migrations" },
  "node-pg-migrate": { command: ["node-pg-migrate", "up"], files: "node-pg-migrate/migrations" },
  knex: { command: ["knex", "migrate:latest"], files: "knex" },
} as const;
export type Tool = keyof typeof tools;
export const toolNames = Object.keys(tools) as readonly Tool[];

/** Answers with the number of orders that have a total, or with what the database says. */
const application = `
const { Pool } = require("pg");
const pool = new Pool({ connectionString: process.env.DATABASE_URL, application_name: "app" });
pool.on("error", () => undefined);
require("node:http").createServer(async (_request, response) => {
  const answer = await pool.query("select count(total) from orders").then(({ rows }) => [200, rows[0].count], (error) => [500, error.message]);
  response.writeHead(answer[0]).end(answer[1]);
}).listen(8080);
`;
const content = `
create table orders (id serial primary key, total numeric(12, 2));
insert into orders (total) select i * 1.5 from generate_series(1, 5000) i;
`;

export interface ToolProject extends ComposeProject {
  /** Output of statements as the superuser. */
  sql(statements: string): Promise<string>;
  /** Writes a migration of a tool beside those that are there. */
  write(tool: Tool, name: string, text: string): Promise<void>;
}

/** A project whose web service asks its database, which three tools migrate, each in a job of its own. */
export async function startToolProject(config: object): Promise<ToolProject> {
  const db = {
    image: "sluice-test/postgres:15",
    environment: { POSTGRES_USER: "shop", POSTGRES_DB: "shop", POSTGRES_PASSWORD: password },
    volumes: ["data:/var/lib/postgresql/data"],
    healthcheck: {
      test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"],
      ...askedUntilReady,
    },
  };
  const volumes = { data: {} };
  const made = startToolsImage([...toolNames, "pg"]);
  const image = made.name;
  let started: ComposeProject | undefined;
  const dispose = async () => {
    await started?.[Symbol.asyncDispose]();
    await made[Symbol.asyncDispose]();
  };
  try {
    const project = await startComposeProject("tools", { compose: { services: { db }, volumes }, config });
    started = project;
    const environment = { DATABASE_URL: url };
    const jobs = toolNames.map((tool) => [
      tool,
      {
        image,
        environment,
        command: tools[tool].command,
        working_dir: `/app/${tool}`,
        volumes: [`./${tools[tool].files}:/app/${tools[tool].files}:ro`],
        depends_on: { db: { condition: "service_healthy" } },
      },
    ]);
    const web = {
      image,
      environment,
      command: ["node", "-e", application],
      init: true,
      ports: ["8080"],
      healthcheck: listening(8080),
    };
    const services = { db, ...Object.fromEntries(jobs), web };
    const write: ToolProject["write"] = async (tool, name, text) => {
      const file = join(project.directory, tools[tool].files, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    };
    await write("knex", "knexfile.js", 'module.exports = { client: "pg", connection: process.env.DATABASE_URL };\n');
    const sql = (input: string) =>
      project.run("db", ["psql", "-XqAtw", "-v", "ON_ERROR_STOP=1", "-U", "shop", "shop"], { input });
    await Promise.all([
      made.built,
      sql(content),
      // Compose waits for what is started, and a job ends: they come into the file afterwards.
      writeFile(join(project.directory, "compose.yaml"), JSON.stringify({ services, volumes })),
    ]);
    return { ...project, sql, write, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
