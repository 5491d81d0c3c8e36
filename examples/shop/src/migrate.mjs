import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { release } from "./version.mjs";

// One run at a time, whoever starts it.
const lockKey = 7_301;
const directories = release.migrations === "breaking" ? ["migrations", "migrations-breaking"] : ["migrations"];
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
await client.query(
  "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
);
const { rows } = await client.query("SELECT name FROM schema_migrations");
const applied = new Set(rows.map(({ name }) => name));
for (const directory of directories) {
  for (const name of readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort()) {
    if (applied.has(name)) continue;
    await client.query("BEGIN");
    await client.query(readFileSync(`${directory}/${name}`, "utf8"));
    await client.query("INSERT INTO schema_migrations (name) VALUES ($1)", [name]);
    await client.query("COMMIT");
    console.log(`applied ${name}`);
  }
}
await client.end();
