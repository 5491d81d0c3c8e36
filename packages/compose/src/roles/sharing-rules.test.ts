import type { ComposeService } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { classifyServices } from "./classify-services.ts";
import { serviceFindings } from "./service-findings.ts";

const of = (services: Readonly<Record<string, ComposeService>>) => {
  const model = { name: "shop", services };
  const found = serviceFindings(model, classifyServices(model));
  return found
    .filter(({ code }) => code === "labels-for-one")
    .map(({ path, message }) => `${path.join(".")}: ${message}`);
};
const ports = [{ target: 80, published: "80", protocol: "tcp" }];
const mounting = (source: string, selinux: string) => ({
  volumes: [{ type: "bind", source, target: "/certs", read_only: true, bind: { selinux } }],
});

describe("a mount for one container alone", () => {
  it("is told of where a service of base has it, and others use what it labels", () => {
    const web = { image: "shop", ports, ...mounting("/srv/certs/web", "z") };
    const db = { image: "postgres:17", ...mounting("/srv/certs", "Z") };
    expect(of({ db, web })).toEqual([
      "services.db.volumes.0: db mounts /srv/certs for itself alone (:Z): where the host has SELinux, web cannot read it any more once db starts",
    ]);
  });

  it("is none where nobody else has it, or the service is in a slot, where it has another", () => {
    const web = { image: "shop", ports, ...mounting("/srv/certs", "Z") };
    const db = { image: "postgres:17", ...mounting("/srv/certs", "z") };
    expect(of({ db, web })).toEqual([]);
    expect(of({ db: { image: "postgres:17", ...mounting("/srv/certs-of-db", "Z") }, web })).toEqual([]);
  });
});
