import pg from "pg";

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8, connectionTimeoutMillis: 3_000 });
// A connection that breaks while idle is replaced at the next query.
pool.on("error", (error) => console.error(`database: ${error.message}`));
