import { setTimeout as sleep } from "node:timers/promises";
import { pool } from "./database.mjs";
import { release } from "./version.mjs";

const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"]) process.on(name, () => stop.abort());
console.log(`worker ${release.version} started`);

while (!stop.signal.aborted) {
  try {
    const { rowCount } = await pool.query(
      `UPDATE orders SET processed_at = now(), processed_by = $1
       WHERE id IN (SELECT id FROM orders WHERE processed_at IS NULL ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED)`,
      [release.version],
    );
    if (rowCount === 0) await sleep(200, undefined, { signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) break;
    console.error(`worker: ${error.message}`);
    await sleep(500);
  }
}
await pool.end();
console.log(`worker ${release.version} stopped`);
