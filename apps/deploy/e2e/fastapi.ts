import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { traefik } from "./traefik.ts";

const corpus = join(import.meta.dirname, "../../../packages/compose/test/corpus/fastapi__full-stack-fastapi-template");

/** The FastAPI full-stack template in one of its layouts. */
export interface Layout {
  /** Flags of Compose that choose the files. */
  readonly flags: readonly string[];
  /** Files that must stay as they are. */
  readonly fixed: Readonly<Record<string, string>>;
  /** What users ask for, by the web service that is to answer. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Services whose containers must not be touched. */
  readonly base: readonly string[];
  /** Everything in the checkout of a version. */
  files(version: string): Readonly<Record<string, string>>;
}

/** An application that is healthy while it reaches its database, and tells its version. */
const server = `import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
const version = readFileSync(new URL("version", import.meta.url), "utf8");
const reach = () =>
  new Promise((resolve) => {
    const socket = connect(5432, "db", () => resolve(200)).on("error", () => resolve(503));
    socket.on("connect", () => socket.end());
  });
const servers = process.argv.slice(2).map((port) =>
  createServer(async (request, response) => {
    response.writeHead(request.url.includes("health") ? await reach() : 200, { "x-version": version }).end();
  }).listen(Number(port)),
);
process.on("SIGTERM", () => servers.forEach((server) => server.close()));
`;

const image = (command: string) => `FROM sluice-test/node:24
RUN printf '#!/bin/sh\\nexec wget -q -O /dev/null "$2"\\n' > /usr/bin/curl && chmod +x /usr/bin/curl
WORKDIR /app
COPY . .
CMD ["node", ${command}]
`;

const quick = "interval: 30s, start_period: 30s, start_interval: 1s";
/** Without a health check each deployment waits 3 s to see whether a service runs on. */
const running = `healthcheck: { test: [CMD-SHELL, "true"], ${quick} }`;

/** Roles are inferred from the names of images: these say of what they are, as the real ones do. */
const standIns = `services:
  db:
    image: \${STACK_NAME}/postgres
    environment: [POSTGRES_INITDB_ARGS=--no-sync]
    healthcheck: { ${quick} }
  adminer:
    image: \${STACK_NAME}/adminer
    command: [node, /srv/app/server.mjs, "8080"]
    volumes: ["./stand-ins:/srv/app:ro"]
    ${running}
  backend: { healthcheck: { ${quick} } }
`;
const edge = `image: \${STACK_NAME}/traefik
    entrypoint: [node, /srv/traefik.mjs]`;
const proxy = `  proxy:
    ${edge}
    volumes: ["./stand-ins/traefik.mjs:/srv/traefik.mjs:ro"]
    ports: !override ["127.0.0.1:\${SHOP_PORT}:443"]
    ${running}
`;

const always = {
  "stand-ins/traefik.mjs": traefik,
  "stand-ins/server.mjs": server,
  "stand-ins/version": "adminer",
};

/** Traefik as a project of its own, as the template had it before; services say only what Traefik cannot find by itself. */
const apart = `services:
  db:
    image: postgres:17
    restart: always
    healthcheck: { test: [CMD-SHELL, "pg_isready -U $\${POSTGRES_USER} -d $\${POSTGRES_DB}"] }
    volumes: [rows:/var/lib/postgresql/data/pgdata]
    env_file: [.env]
    environment: [PGDATA=/var/lib/postgresql/data/pgdata]
  adminer:
    image: adminer
    restart: always
    networks: [traefik-public, default]
    depends_on: [db]
    labels:
      - traefik.enable=true
      - traefik.docker.network=\${EDGE_NETWORK}
      - traefik.constraint-label=\${EDGE_NETWORK}
      - traefik.http.routers.\${STACK_NAME}-adminer.rule=Host(\`adminer.\${DOMAIN?Variable not set}\`)
      - traefik.http.services.\${STACK_NAME}-adminer.loadbalancer.server.port=8080
  prestart:
    image: "\${DOCKER_IMAGE_BACKEND?Variable not set}:\${TAG-latest}"
    build: { context: ./backend }
    networks: [traefik-public, default]
    depends_on: { db: { condition: service_healthy, restart: true } }
    command: sh scripts/prestart.sh
    env_file: [.env]
  backend:
    image: "\${DOCKER_IMAGE_BACKEND?Variable not set}:\${TAG-latest}"
    build: { context: ./backend }
    restart: always
    networks: [traefik-public, default]
    depends_on:
      db: { condition: service_healthy, restart: true }
      prestart: { condition: service_completed_successfully }
    env_file: [.env]
    healthcheck: { test: [CMD, curl, -f, "http://localhost:8000/api/v1/utils/health-check/"] }
    labels:
      - traefik.enable=true
      - traefik.docker.network=\${EDGE_NETWORK}
      - traefik.constraint-label=\${EDGE_NETWORK}
      - traefik.http.services.\${STACK_NAME}-backend.loadbalancer.server.port=8000
      - traefik.http.routers.\${STACK_NAME}-backend.rule=Host(\`api.\${DOMAIN?Variable not set}\`)
      - traefik.http.routers.\${STACK_NAME}-backend.entrypoints=http
  frontend:
    image: "\${DOCKER_IMAGE_FRONTEND?Variable not set}:\${TAG-latest}"
    build: { context: ./frontend }
    restart: always
    networks: [traefik-public]
    expose: ["80"]
    labels:
      - traefik.enable=true
      - traefik.constraint-label=\${EDGE_NETWORK}
      - traefik.http.routers.\${STACK_NAME}-frontend.rule=Host(\`dashboard.\${DOMAIN?Variable not set}\`)
volumes: { rows: }
networks: { traefik-public: { external: true, name: "\${EDGE_NETWORK}" } }
`;

const traefikAlone = `services:
  traefik:
    ${edge}
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro", "./stand-ins/traefik.mjs:/srv/traefik.mjs:ro"]
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    command:
      - --providers.docker
      - --providers.docker.constraints=Label(\`traefik.constraint-label\`, \`\${EDGE_NETWORK}\`)
      - --providers.docker.exposedbydefault=false
      - --entrypoints.http.address=:80
    networks: [traefik-public]
networks: { traefik-public: { external: true, name: "\${EDGE_NETWORK}" } }
`;

const settings = (stack: string) => `DOMAIN=example.com
EDGE_NETWORK=${stack}-public
DOCKER_IMAGE_BACKEND=${stack}/backend
DOCKER_IMAGE_FRONTEND=${stack}/frontend
POSTGRES_USER=postgres
POSTGRES_PASSWORD=changethis
POSTGRES_DB=app
`;

/** Traefik in the project, as the template is now: its own files. */
export async function traefikInside(): Promise<Layout> {
  const names = ["compose.yml", "compose.deploy.yml", ".env"];
  const read = async (name: string) => [name, await readFile(join(corpus, name), "utf8")] as const;
  const fixed = Object.fromEntries(await Promise.all(names.map(read)));
  return {
    flags: ["compose.yml", "compose.deploy.yml", "stand-ins.yml"].flatMap((name) => ["-f", name]),
    fixed,
    hosts: { backend: "example.com" },
    base: ["db", "adminer", "proxy"],
    files: (version) => ({
      ...fixed,
      ...always,
      "stand-ins.yml": `${standIns}${proxy}`,
      "backend/Dockerfile": image('"backend/server.mjs", "8000"'),
      "backend/server.mjs": server,
      "backend/version": version,
    }),
  };
}

/** Traefik as a project of its own, as the template was before: files of the same shape. */
export function traefikApart(stack: string): Layout {
  const fixed = { "docker-compose.yml": apart, "docker-compose.traefik.yml": traefikAlone, ".env": settings(stack) };
  return {
    flags: ["docker-compose.yml", "stand-ins.yml"].flatMap((name) => ["-f", name]),
    fixed,
    hosts: { backend: "api.example.com", frontend: "dashboard.example.com" },
    base: ["db", "adminer"],
    files: (version) => ({
      ...fixed,
      ...always,
      "stand-ins.yml": `${standIns}  frontend: { ${running} }\n`,
      "backend/Dockerfile": image('"server.mjs", "8000"'),
      "backend/scripts/prestart.sh": "test -f version && nc -w 5 db 5432 < /dev/null\n",
      "backend/server.mjs": server,
      "backend/version": version,
      "frontend/Dockerfile": image('"server.mjs", "80"'),
      "frontend/server.mjs": server,
      "frontend/version": version,
    }),
  };
}
