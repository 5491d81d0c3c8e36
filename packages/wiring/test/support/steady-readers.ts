import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type Project, password } from "./postgres.ts";

/** One read of the application. */
interface Read {
  /** Milliseconds since 1970: when it should have begun. Whatever holds up the application does not hold up what is due. */
  readonly due: number;
  /** From then to its answer. */
  readonly ms: number;
  readonly error: string | null;
}

export interface SteadyReaders {
  /** Ends them when all that was due is answered. */
  stop(): Promise<readonly Read[]>;
}

/** Connections that are there beforehand: more than are due while one waits for a second. */
const connections = 80;
const perSecond = 50;

const script = `
const { Pool } = require("pg");
const max = ${connections};
const pool = new Pool({ connectionString: process.env.DATABASE_URL, application_name: "test-app", max, idleTimeoutMillis: 0 });
const reads = [];
const read = async (due) => {
  const error = await pool.query("select total from orders where id = 1").then(() => null, String);
  reads.push({ due, ms: performance.timeOrigin + performance.now() - due, error });
};
(async () => {
  await Promise.all(Array.from({ length: max }, () => pool.query("select pg_sleep(0.5)")));
  const begin = performance.timeOrigin + performance.now();
  const waiting = [];
  const timer = setInterval(() => {
    for (let due; (due = begin + waiting.length * ${1000 / perSecond}) <= performance.timeOrigin + performance.now(); ) waiting.push(read(due));
  }, 5);
  console.log("begun");
  process.stdin.resume().on("end", async () => {
    clearInterval(timer);
    await Promise.all(waiting);
    console.log(JSON.stringify(reads));
    await pool.end();
  });
})();
`;

/**
 * An application that reads a row of `orders` 50 times a second whatever becomes of the reads before, as users do: in a container
 * of its own, so that only the database is in its way.
 *
 * @param image has Node and `pg`
 */
export async function startSteadyReaders({ stack }: Project, image: string): Promise<SteadyReaders> {
  const label = `com.docker.compose.project=${stack}`;
  const command = [
    "run",
    "--rm",
    "-i",
    "--init",
    "--label",
    label,
    "--network",
    `${stack}_default`,
    "-e",
    "DATABASE_URL",
  ];
  const env = { ...process.env, DATABASE_URL: `postgres://shop:${password}@db:5432/shop?sslmode=disable` };
  const child = spawn("docker", [...command, image, "node", "-e", script], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: first } = await lines.next();
  if (first !== "begun") throw new Error("the application did not begin");
  return {
    async stop() {
      child.stdin.end();
      const { value } = await lines.next();
      if (child.exitCode === null) await once(child, "exit");
      return JSON.parse(String(value)) as readonly Read[];
    },
  };
}

/** Of the reads that were due in a span; the slowest is at 1. */
export function quantile(reads: readonly Pick<Read, "ms">[], share: number): number {
  const sorted = reads.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
