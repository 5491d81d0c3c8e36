import { expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import { heldImages } from "./name-again.ts";

const container = (service: string, name: string, id: string, isRunning = true) => ({
  Image: id,
  Config: { Image: name, Labels: { [composeLabels.service]: service } },
  State: { Running: isRunning },
});

it("knows an image that has lost its name by the container of the service that was made from it, a running one first", () => {
  const containers = [
    container("db", "postgres:15", "sha256:runs"),
    container("db", "postgres:15", "sha256:stopped", false),
    container("cache", "redis:7", "sha256:older"),
    container("queue", "nats@sha256:1", "sha256:digest"),
    container("other", "postgres:15", "sha256:other"),
  ];
  const wanted = { db: "postgres:15", cache: "redis:8", queue: "nats@sha256:1", new: "postgres:15" };
  expect(heldImages(containers, wanted)).toEqual({ db: "sha256:runs" });
});
