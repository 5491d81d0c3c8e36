import { expect, it } from "vitest";
import { relativeWrites } from "./relative-writes.ts";

it("finds what services may write to by a path that begins at the checkout", () => {
  const text = `services:
  db:
    volumes: ["./pgdata:/var/lib/postgresql/data", "./init.sql:/docker-entrypoint-initdb.d/init.sql:ro"]
  web:
    volumes:
      - { type: bind, source: ../uploads, target: /uploads }
      - { type: bind, source: ./config, target: /config, read_only: true }
      - "./cache:/cache:z"
      - "files:/files"
      - "/srv/files:/more"
      - "~/files:/home"
      - "\${FILES}:/other"
      - /anonymous
`;
  expect(relativeWrites([text])).toEqual([
    { service: "db", source: "./pgdata", target: "/var/lib/postgresql/data" },
    { service: "web", source: "../uploads", target: "/uploads" },
    { service: "web", source: "./cache", target: "/cache" },
  ]);
});

it("a mount that a later file has otherwise is told as that has it, and what is no compose file has none", () => {
  const files = ["./a", "./b"].map((source) => `services: { db: { volumes: ["${source}:/data"] } }`);
  expect(relativeWrites([...files, "- no map", "services: { db: { volumes: { a: b } } }"])).toEqual([
    { service: "db", source: "./b", target: "/data" },
  ]);
});

it("a source that a variable holds is the one that it has, and told with that variable where it decides", () => {
  const text = `services:
  web:
    volumes:
      - "\${UPLOADS:-./data}:/a"
      - "\${LIBRARY:-./library}:/b"
      - "\${MOVED:-./moved}:/c"
      - { type: bind, source: "\${UPLOADS:-./data}/thumbs", target: /d }
      - "./\${STAGE}/e:/e"
      - "\${PWD}/f:/f"
      - "\${UNKNOWN}/g:/g"
      - "\${NAMED:-named}:/h"
      - "\${UPLOADS:-./data}:/i:ro"
`;
  const variables: Readonly<Record<string, string>> = { LIBRARY: "./photos", MOVED: "/srv/moved", PWD: "." };
  expect(relativeWrites([text], (name) => variables[name])).toEqual([
    { service: "web", source: "./data", target: "/a", variable: "UPLOADS" },
    { service: "web", source: "./photos", target: "/b", variable: "LIBRARY" },
    { service: "web", source: "./data/thumbs", target: "/d", variable: "UPLOADS" },
    { service: "web", source: "./${STAGE}/e", target: "/e" },
    { service: "web", source: "./f", target: "/f" },
  ]);
});
