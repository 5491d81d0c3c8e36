import { createServer } from "node:http";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { pool } from "./database.mjs";
import { misbehaviour } from "./modes.mjs";
import { priceColumn, release } from "./version.mjs";

const startedAt = performance.now();
let stopping = false;

const routes = {
  "GET /": async () => page(`<h1>Shop ${release.version}</h1><p><a href="/products">Products</a></p>`),
  "GET /products": async () => {
    const list = (await products()).map(
      ({ name, price }) => `<li>${escapeHtml(name)}: ${(price / 100).toFixed(2)}</li>`,
    );
    return page(`<h1>Products</h1><ul>${list.join("")}</ul>`);
  },
  "GET /api/products": async () => json(200, await products()),
  "GET /api/orders": async () => {
    const { rows } = await pool.query(
      "SELECT count(*)::int AS total, count(processed_at)::int AS processed FROM orders",
    );
    return json(200, rows[0]);
  },
  "POST /api/orders": async ({ body }) => {
    const order = parseOrder(body);
    if (!order) return json(400, { error: "an order is {product, quantity}, both positive integers" });
    const { rows } = await pool.query(
      `INSERT INTO orders (product_id, quantity, placed_by)
       SELECT id, $2, $3 FROM products WHERE id = $1 RETURNING id`,
      [order.product, order.quantity, release.version],
    );
    if (rows.length === 0) return json(404, { error: `no product ${order.product}` });
    return json(201, { id: Number(rows[0].id) });
  },
  "GET /version": async () => json(200, { version: release.version, slot: hostname() }),
  "GET /slow": async ({ url }) => {
    await sleep(Math.min(Number(url.searchParams.get("ms") ?? 2_000), 30_000));
    return json(200, { version: release.version });
  },
  "GET /poll": async () => {
    await sleep(5_000);
    return json(200, { version: release.version });
  },
  "GET /whoami": async ({ request }) =>
    json(200, {
      host: request.headers.host,
      scheme: request.headers["x-forwarded-proto"] ?? "http",
      forwardedFor: request.headers["x-forwarded-for"] ?? null,
      forwardedProto: request.headers["x-forwarded-proto"] ?? null,
      forwardedHost: request.headers["x-forwarded-host"] ?? null,
      peer: request.socket.remoteAddress,
      headers: request.headers,
    }),
};

async function products() {
  const { rows } = await pool.query(`SELECT id, name, ${priceColumn} AS price FROM products ORDER BY id`);
  return rows;
}

/** An empty order is one piece of the first product; undefined when it is not an order. */
function parseOrder(body) {
  try {
    const { product = 1, quantity = 1 } = JSON.parse(body || "{}");
    return [product, quantity].every((value) => Number.isInteger(value) && value > 0)
      ? { product, quantity }
      : undefined;
  } catch {
    return undefined;
  }
}

const json = (status, value) => ({ status, type: "application/json", text: JSON.stringify(value) });
const page = (text) => ({
  status: 200,
  type: "text/html; charset=utf-8",
  text: `<!doctype html><title>Shop</title>${text}`,
});
const escapeHtml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

async function answer(request) {
  const url = new URL(request.url ?? "/", "http://shop");
  if (url.pathname === "/healthz") return json(isReady() ? 200 : 503, { ready: isReady() });
  if (!isReady()) return json(503, { error: "starting" });
  const beganAt = performance.now();
  const body = await readBody(request);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return json(404, { error: "not found" });
  misbehaviour.leak();
  misbehaviour.mentions();
  if (misbehaviour.fails(url.pathname)) return json(500, { error: "something broke" });
  // A fifth of it at least: what a real application takes is not always the same.
  const base = release.baseMs * (0.2 + 0.8 * Math.random());
  const extra = base + misbehaviour.extraMs();
  if (extra > 0) await sleep(extra);
  const answered = await route({ request, url, body });
  await misbehaviour.dawdles(beganAt);
  return answered;
}

function isReady() {
  return performance.now() - startedAt >= release.startupMs && !misbehaviour.isUnhealthy();
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

misbehaviour.duringStart();

const server = createServer((request, response) => {
  void answer(request)
    .catch((error) => {
      console.error(`${request.method} ${request.url}: ${error.message}`);
      return json(500, { error: "internal" });
    })
    .then(({ status, type, text }) => {
      response.writeHead(status, {
        "content-type": type,
        "x-version": release.version,
        ...(stopping ? { connection: "close" } : {}),
      });
      response.end(text);
    });
});
server.keepAliveTimeout = 65_000;

// Connections that have not asked for anything yet: Node counts them as busy.
const silent = new Set();
const speaks = ({ socket }) => silent.delete(socket);
server.on("connection", (socket) => {
  silent.add(socket);
  socket.on("close", () => silent.delete(socket));
});
server.on("request", speaks);
server.on("upgrade", speaks);

const sockets = new WebSocketServer({ server, path: "/ws" });
sockets.on("headers", (headers) => headers.push(`x-version: ${release.version}`));
sockets.on("connection", (socket) => {
  const tick = () => socket.send(JSON.stringify({ version: release.version, at: Date.now() }));
  tick();
  const timer = setInterval(tick, 500);
  socket.on("close", () => clearInterval(timer));
  socket.on("error", () => clearInterval(timer));
});

// Graceful: what was accepted is answered, then the process ends.
for (const name of ["SIGTERM", "SIGINT"]) {
  process.on(name, () => {
    if (stopping) return;
    stopping = true;
    for (const socket of sockets.clients) socket.close(1001, "going away");
    server.close(() => pool.end().finally(() => process.exit(0)));
    server.closeIdleConnections();
    // A request may be on its way on them.
    setTimeout(() => {
      for (const socket of silent) socket.destroy();
    }, 1_000);
  });
}

server.listen(8080, () => {
  console.log(`web ${release.version} (${release.mode}) listens`);
  misbehaviour.afterStart();
});
