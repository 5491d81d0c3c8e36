import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { createWatcher } from "@sluice/health";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFakeLogs, createFakeStats } from "./fake-engine.ts";
import { missingPrometheus, prometheus } from "./prometheus-program.ts";
import { aPrometheusCheck, aWatchTarget } from "./watched-checks.ts";

const metrics = `# TYPE requests_total counter
requests_total{slot="blue",code="200"} 1000
requests_total{slot="green",code="200"} 800
requests_total{slot="green",code="500"} 200
idle_total{slot="green"} 0
`;

describe.skipIf(missingPrometheus !== "")(`a real Prometheus ${missingPrometheus}`, () => {
  const exporter = createServer((_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(metrics);
  });
  let server: ChildProcess | undefined;
  let directory = "";
  let url = "";

  beforeAll(async () => {
    exporter.listen(0, "127.0.0.1");
    await once(exporter, "listening");
    directory = await mkdtemp(join(tmpdir(), "sluice-prometheus-"));
    const target = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
    const job = { job_name: "shop", static_configs: [{ targets: [target] }] };
    const config = { global: { scrape_interval: "1s" }, scrape_configs: [job] };
    await writeFile(join(directory, "prometheus.yml"), JSON.stringify(config));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const options = [
      `--config.file=${join(directory, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(directory, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    server = spawn(prometheus, options, { stdio: "ignore" });
    const isScraped = async () => (await ask('count(requests_total{slot="green"})', { min: 2 })).result === "pass";
    for (let attempt = 0; attempt < 120 && !(await isScraped()); attempt++) await clock.sleep(500);
  }, 90_000);

  afterAll(async () => {
    exporter.close();
    if (server?.kill()) await once(server, "exit");
    await rm(directory, { recursive: true, force: true });
  });

  async function ask(query: string, limits: { readonly min?: number; readonly max?: number }) {
    const watcher = createWatcher({ clock, logs: createFakeLogs([]), stats: createFakeStats(() => null) });
    const check = aPrometheusCheck({ url, query, min: undefined, timeoutMs: 5_000, ...limits });
    await using watching = await watcher.begin(check, aWatchTarget());
    return await watching.look(1);
  }

  it("is asked for the slot under watch", async () => {
    const part = 'sum(requests_total{slot="${slot}",code="200"}) / sum(requests_total{slot="${slot}"})';
    expect(await ask(part, { min: 0.7 })).toMatchObject({ result: "pass", value: "0.8", n: 1 });
    expect(await ask(part, { min: 0.99 })).toMatchObject({ result: "fail", value: "0.8", limit: ">= 0.99" });
    expect(await ask("requests_total", { min: 500 })).toMatchObject({
      result: "fail",
      value: expect.stringContaining('code="500"'),
      n: 3,
    });
    expect(await ask("scalar(sum(requests_total))", { max: 1_999 })).toMatchObject({ result: "fail", value: "2000" });
  });

  it("has no data for what it does not know, a division by nothing, a range and a mistake", async () => {
    const limits = { min: 0 };
    expect(await ask("unknown_total", limits)).toMatchObject({
      result: "no-data",
      detail: "the query gives no sample",
    });
    expect(await ask("idle_total / idle_total", limits)).toMatchObject({
      result: "no-data",
      value: expect.stringMatching(/^NaN/),
    });
    expect(await ask("requests_total[1m]", limits)).toMatchObject({
      result: "no-data",
      detail: expect.stringContaining("matrix"),
    });
    expect(await ask("sum(", limits)).toMatchObject({ result: "no-data", detail: expect.stringContaining("bad_data") });
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
