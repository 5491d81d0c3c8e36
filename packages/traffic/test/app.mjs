// A small web application that says which slot it is. Runs in a container of the tests.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createTcpServer } from "node:net";
import { hostname } from "node:os";

const name = process.env.SLOT ?? "none";
let health = 200;
let asked = 0;

const server = createServer({ maxHeaderSize: 262_144 }, (request, response) => {
  const url = new URL(request.url ?? "/", "http://app");
  const answer = (status, body, headers = {}) => {
    response.writeHead(status, { "content-type": "text/plain", "x-slot": name, ...headers });
    response.end(body);
  };
  request.resume();
  request.on("end", () => {
    if (url.pathname === "/healthz") return answer(health, "");
    // As applications that answer to their own name alone.
    if (url.pathname === "/own-name") return answer(request.headers.host === "shop.test" ? 200 : 400, "");
    if (url.pathname === "/health-becomes") {
      health = Number(url.searchParams.get("code"));
      // Of one that is down, no door leads to a change back.
      const after = url.searchParams.get("after");
      if (after) setTimeout(() => (health = Number(url.searchParams.get("then"))), Number(after));
      return answer(200, "");
    }
    if (url.pathname === "/headers") return answer(200, JSON.stringify(request.rawHeaders));
    // As much again in its own.
    if (url.pathname === "/echo") return answer(200, name, { "x-echo": request.headers["x-long"] });
    if (url.pathname === "/replica") return answer(200, hostname());
    if (url.pathname === "/status") return answer(Number(url.searchParams.get("code")), name);
    if (url.pathname === "/cached") return answer(200, name, { "cache-control": "public, max-age=60" });
    if (url.pathname === "/cookie") return answer(200, name, { "set-cookie": "session=1; Path=/" });
    if (url.pathname === "/crash") return process.kill(process.pid, "SIGKILL");
    // As a worker process that dies of a request, and is replaced: every fifth gets no answer, and nothing is restarted.
    if (url.pathname === "/drops" && name === "green" && ++asked % 5 === 0) return request.socket.destroy();
    setTimeout(() => answer(200, name), Number(url.searchParams.get("ms") ?? 0));
  });
});

server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(
    `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
  );
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nx-slot: ${name}\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
  );
  socket.on("data", (data) => socket.write(data));
  socket.on("error", () => socket.destroy());
});
server.listen(8080, () => console.log("listening"));

// As gRPC does: HTTP/2 alone, messages both ways in one stream, and how it went in the trailers.
createHttp2Server({}, (request, response) => {
  response.writeHead(200, { "content-type": "application/grpc", "x-slot": name });
  response.flushHeaders();
  request.on("data", (data) => response.write(data));
  request.on("end", () => {
    response.addTrailers({ "grpc-status": "0" });
    response.end();
  });
}).listen(7200);

// A protocol that speaks first and then echoes.
createTcpServer((socket) => {
  socket.write(`${name}\n`);
  socket.on("data", (data) => socket.write(data));
  socket.on("error", () => socket.destroy());
}).listen(7000);

// Takes what no standard allows, answers with what no standard allows, and repeats what it was asked.
createTcpServer((socket) => {
  let asked = "";
  socket.on("data", (data) => {
    asked += data.toString();
    if (!asked.includes("\r\n\r\n")) return;
    const headers = ["X Odd: 1", "@odd: 2", `Content-Length: ${Buffer.byteLength(asked)}`, "Connection: close"];
    socket.end(["HTTP/1.1 200 OK", ...headers, "", asked].join("\r\n"));
  });
  socket.on("error", () => socket.destroy());
}).listen(8081);

process.on("SIGTERM", () => process.exit(0));
