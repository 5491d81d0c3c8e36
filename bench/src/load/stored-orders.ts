import { containerOf } from "../docker.ts";
import { run } from "../measure.ts";

/** Id of the newest order of the shop in a Compose project; 0 without one. */
export const lastOrder = async (stack: string): Promise<number> =>
  Number(await query(stack, "SELECT coalesce(max(id), 0) FROM orders"));

/** Ids of the orders that were stored after `id`, in their order. */
export async function ordersSince(stack: string, id: number): Promise<readonly number[]> {
  const rows = await query(stack, `SELECT id FROM orders WHERE id > ${id} ORDER BY id`);
  return rows.split("\n").filter(Boolean).map(Number);
}

async function query(stack: string, sql: string): Promise<string> {
  const database = await containerOf(stack, "db");
  return run(["docker", "exec", database, "psql", "-h", "/run/postgresql", "-U", "shop", "-d", "shop", "-Atc", sql]);
}
