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
      - "\${FILES:-./files}:/other"
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
