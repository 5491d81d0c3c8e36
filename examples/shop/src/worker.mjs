import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { release } from "./version.mjs";

// One worker at a time, whoever starts it: the lock lasts as long as this connection.
const lockKey = 7_302;
const pauseMs = 200;
const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => stop.abort());
console.log(`worker ${release.version} started`);

while (!stop.signal.aborted) {
  try {
    await workWhileConnected();
  } catch (error) {
    if (stop.signal.aborted) break;
    console.error(`worker: ${error.message}`);
    await pause(500);
  }
}
console.log(`worker ${release.version} stopped`);

async function workWhileConnected() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3_000 });
  // Without a listener a connection that breaks between two queries would end the process; the next query reports it.
  client.on("error", () => {});
  await client.connect();
  try {
    while (!(await lock(client))) {
      if (stop.signal.aborted) return;
      await pause(pauseMs);
    }
    console.log(`worker ${release.version} processes orders`);
    while (!stop.signal.aborted) {
      if ((await processOrders(client)) === 0) await pause(pauseMs);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

async function lock(client) {
  const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS held", [lockKey]);
  return rows[0].held;
}

async function processOrders(client) {
  const { rowCount } = await client.query(
    `UPDATE orders SET processed_at = now(), processed_by = $1
     WHERE id IN (SELECT id FROM orders WHERE processed_at IS NULL ORDER BY id LIMIT 50)`,
    [release.version],
  );
  return rowCount;
}

function pause(ms) {
  return sleep(ms, undefined, { signal: stop.signal }).catch(() => {});
}
