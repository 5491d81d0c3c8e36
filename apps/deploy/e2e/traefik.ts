/**
 * What Traefik does with containers, in small, for machines that have none: an edge that is told by its own flags where to
 * listen and which containers it may see, and finds what it serves by their labels. As Traefik does, it takes the network
 * that a label names and any of them where none does, the port that a label names and the lowest exposed one where none
 * does, and leaves out what is not healthy. Nothing is asked twice. It ends no TLS and knows no middleware.
 */
export const traefik = `import { createServer, request } from "node:http";

const flags = new Map(process.argv.slice(2).map((flag) => flag.replace(/^--/, "").split(/=(.*)/s)));
const constraint = /^Label\\(\`(.+)\`, *\`(.+)\`\\)$/.exec(flags.get("providers.docker.constraints") ?? "");
const any = (values) => values[Math.floor(Math.random() * values.length)];

const engine = (path) =>
  new Promise((resolve, reject) => {
    request({ socketPath: "/var/run/docker.sock", path }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
    }).on("error", reject).end();
  });

const filters = JSON.stringify({
  status: ["running"],
  label: ["traefik.enable=true", ...(constraint ? [\`\${constraint[1]}=\${constraint[2]}\`] : [])],
});
let known = { at: 0, containers: [] };
const containers = async () => {
  if (Date.now() - known.at > 100) {
    const at = Date.now();
    known = { at, containers: engine("/containers/json?filters=" + encodeURIComponent(filters)) };
  }
  return known.containers;
};

const matches = (labels, host, entrypoint) =>
  Object.entries(labels).some(([name, rule]) => {
    const router = /^traefik\\.http\\.routers\\.(.+)\\.rule$/.exec(name)?.[1];
    if (router === undefined || rule !== \`Host(\\\`\${host}\\\`)\`) return false;
    const where = labels[\`traefik.http.routers.\${router}.entrypoints\`];
    return where === undefined || where.split(",").includes(entrypoint);
  });

const addressOf = ({ Labels, NetworkSettings, Ports }) => {
  const named = NetworkSettings.Networks[Labels["traefik.docker.network"]];
  const { IPAddress } = named ?? any(Object.values(NetworkSettings.Networks));
  const label = Object.keys(Labels).find((name) => name.endsWith(".loadbalancer.server.port"));
  const port = label ? Number(Labels[label]) : Math.min(...Ports.map(({ PrivatePort }) => PrivatePort));
  return { host: IPAddress, port };
};

const serve = (entrypoint) => async (incoming, outgoing) => {
  const fail = (status, why) => {
    console.error(why);
    if (outgoing.headersSent) return outgoing.destroy();
    outgoing.writeHead(status).end(String(why));
  };
  try {
    const host = (incoming.headers.host ?? "").split(":")[0];
    const found = (await containers()).filter(
      ({ Labels, Status }) => matches(Labels, host, entrypoint) && !/\\((?:unhealthy|health: starting)\\)/.test(Status),
    );
    if (found.length === 0) return fail(503, "no container serves " + host);
    const to = addressOf(any(found));
    if (!Number.isFinite(to.port)) return fail(503, "no port is known of what serves " + host);
    const { method, url: path, headers } = incoming;
    const call = request({ ...to, method, path, headers, timeout: 5_000 }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.on("error", (error) => fail(502, error)).pipe(outgoing);
    });
    call.on("timeout", () => call.destroy(new Error(\`\${to.host}:\${to.port} does not answer\`)));
    call.on("error", (error) => fail(502, error));
    incoming.pipe(call);
  } catch (error) {
    fail(500, error);
  }
};

for (const [flag, address] of flags) {
  const name = /^entrypoints\\.(\\w+)\\.address$/.exec(flag)?.[1];
  if (name) createServer(serve(name)).listen(Number(address.slice(1)));
}
process.on("SIGTERM", () => process.exit());
`;
