// Clients of the shop in one container, so with one address. Each asks, waits for its answer, and asks again, until
// SIGTERM; then says what it saw. Arguments: URL, names of the clients, what tells them apart (cookie, header, ip).
import { once } from "node:events";
import { Agent, request } from "node:http";

const [url = "", names = "", by = "cookie"] = process.argv.slice(2);
const pauseMs = 150;
let isOver = false;
process.once("SIGTERM", () => {
  isOver = true;
});

const seen = await Promise.all(names.split(",").map(watch));
process.stdout.write(`${JSON.stringify(seen)}\n`);

async function watch(name, index) {
  // Half of them keep their connection, as browsers do; the others open one for each request.
  const agent = new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 });
  const versions = [];
  const failures = [];
  let cookie;
  let requests = 0;
  while (!isOver) {
    const headers = { ...(by === "header" ? { "x-session": name } : {}), ...(cookie ? { cookie } : {}) };
    requests += 1;
    try {
      const answer = await ask(agent, headers);
      if (by === "cookie") cookie = answer.cookie ?? cookie;
      if (versions.at(-1) !== answer.version) versions.push(answer.version);
    } catch (error) {
      failures.push(String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  agent.destroy();
  return { name, requests, versions, failures };
}

async function ask(agent, headers) {
  const asked = request(`${url}/version`, { agent, headers, timeout: 15_000 });
  asked.on("timeout", () => asked.destroy(new Error("no answer in 15 s")));
  // Whoever waits for the answer, or reads it, meets the error too.
  asked.on("error", () => undefined);
  asked.end();
  const [response] = await once(asked, "response");
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
  const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0];
  return { version: JSON.parse(text).version, cookie };
}
