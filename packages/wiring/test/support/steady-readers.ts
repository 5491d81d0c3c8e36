import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** One read of the application. */
interface Read {
  /** Milliseconds since 1970: when it should have begun. Whatever holds up the application does not hold up what is due. */
  readonly due: number;
  /** From then to its answer. */
  readonly ms: number;
  readonly error: string | null;
}

/** Connections that are there beforehand: more than are due while one waits for a second. */
const connections = 80;
const perSecond = 50;

/** What opens connections, in Node, and what a statement goes through. */
const drivers = {
  pg: `
const { Pool } = require("pg");
const pool = new Pool({ connectionString: process.env.DATABASE_URL, application_name: "test-app", max, idleTimeoutMillis: 0 });
const wait = "select pg_sleep(0.5)";`,
  mysql2: `
const pool = require("mysql2/promise").createPool({ uri: process.env.DATABASE_URL, connectionLimit: max, maxIdle: max, idleTimeout: 600000 });
const wait = "do sleep(0.5)";`,
} as const;

const scriptOf = (driver: keyof typeof drivers) => `
const max = ${connections};
${drivers[driver]}
const reads = [];
const read = async (due) => {
  const error = await pool.query("select total from orders where id = 1").then(() => null, String);
  reads.push({ due, ms: performance.timeOrigin + performance.now() - due, error });
};
(async () => {
  await Promise.all(Array.from({ length: max }, () => pool.query(wait)));
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

export interface SteadyReadersRequest {
  /** Whose network it is in. */
  readonly stack: string;
  /** Has Node and the driver. */
  readonly image: string;
  readonly driver: keyof typeof drivers;
  readonly url: string;
}

/**
 * An application that reads a row of `orders` 50 times a second whatever becomes of the reads before, as users do: in a container
 * of its own, so that only the database is in its way.
 */
async function startSteadyReaders({ stack, image, driver, url }: SteadyReadersRequest) {
  const label = `com.docker.compose.project=${stack}`;
  const options = ["-i", "--init", "--label", label, "--network", `${stack}_default`, "-e", "DATABASE_URL"];
  const env = { ...process.env, DATABASE_URL: url };
  const command = ["run", "--rm", ...options, image, "node", "-e", scriptOf(driver)];
  const child = spawn("docker", command, { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: first } = await lines.next();
  if (first !== "begun") throw new Error("the application did not begin");
  return {
    /** Ends it when all that was due is answered. */
    async stop() {
      child.stdin.end();
      const { value } = await lines.next();
      if (child.exitCode === null) await once(child, "exit");
      return JSON.parse(String(value)) as readonly Read[];
    },
  };
}

export interface Waits {
  readonly count: number;
  readonly errors: readonly string[];
  /** Milliseconds, from when a read should have begun. */
  readonly p99: number;
  readonly slowest: number;
}

/** Does something beside such an application, and tells what its users saw meanwhile. */
export async function besideReaders<T>(
  request: SteadyReadersRequest,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly waits: Waits }> {
  const readers = await startSteadyReaders(request);
  const beganMs = Date.now();
  const result = await work();
  const endedMs = Date.now();
  const reads = (await readers.stop()).filter(({ due }) => due >= beganMs && due <= endedMs);
  const [median, p99, slowest] = [0.5, 0.99, 1].map((share) => Math.round(quantile(reads, share))) as [
    number,
    number,
    number,
  ];
  const figures = `median ${median} ms, p99 ${p99} ms, slowest ${slowest} ms`;
  process.stdout.write(`${reads.length} reads in ${endedMs - beganMs} ms: ${figures}\n`);
  const errors = reads.flatMap(({ error }) => (error === null ? [] : [error]));
  return { result, waits: { count: reads.length, errors, p99, slowest } };
}

/** The slowest is at 1. */
function quantile(reads: readonly Pick<Read, "ms">[], share: number): number {
  const sorted = reads.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
