import { expect, it } from "vitest";
import { openChat } from "./chat.ts";
import { docker } from "./engine.ts";
import { openShop, patience } from "./harness.ts";

/** `--env verified` asks once whether what serves answers: a door holds a request for seconds when nobody is behind it. */
const sections = (chat: string) => `  verified:
    checks: [{ service: web, http: { path: /version, contains: '"version"' } }]
notify: { timeout: 3s, channels: { team: { slack: { url: "${chat}" } } } }
`;

it("people are told how every deployment ended, also when the chat was down meanwhile", patience, async () => {
  await using chat = await openChat();
  await using shop = await openShop(sections(chat.url));
  const name = shop.stack;
  await shop.release("v1");
  await shop.sluice(0, "deploy", "--release", "v1");
  expect(chat.titles).toEqual([`✅ ${name}: v1 is live`]);

  await shop.release("v2", { mode: "unhealthy" });
  await shop.sluice(20, "deploy", "--release", "v2", "--env", "hasty");
  expect(chat.titles.slice(1)).toEqual([`❌ ${name}: v2 failed before it took over`]);

  // A chat that is down changes nothing of a deployment, and hears of it later, once.
  await chat.goAway();
  await shop.release("v3");
  const deployed = await shop.sluice(0, "deploy", "--release", "v3");
  expect(deployed.events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "live", serving: { tag: "v3" } });
  expect(deployed.stdout).toContain("could not be told: refuses connections");
  const doctor = JSON.parse((await shop.sluice(0, "doctor")).stdout) as { diagnoses: { code: string }[] };
  expect(doctor.diagnoses.map(({ code }) => code)).toEqual(["outbox-waiting"]);
  await shop.sluice(20, "outbox", "flush");
  await chat.comeBack();
  await shop.sluice(0, "outbox", "flush");
  await shop.sluice(0, "outbox", "flush");
  expect(chat.titles.slice(2)).toEqual([`✅ ${name}: v3 is live`]);

  // A freeze keeps nobody from going back.
  await shop.release("v4");
  const refused = await shop.sluice(10, "deploy", "--release", "v4", "--env", "frozen");
  expect(refused.stdout).toContain("a freeze of this test");
  await shop.sluice(0, "rollback", "--env", "frozen");
  expect(chat.titles.slice(3)).toEqual([`🔒 ${name}: v4 was refused, the window is closed`, `✅ ${name}: back to v1`]);
  await shop.sluice(0, "deploy", "--release", "v4", "--env", "frozen", "--override", "orders fail");
  expect((await shop.sluice(0, "history")).stdout).toContain("window: orders fail (frozen until");

  // What breaks between deployments is told once, and once that it is over.
  const web = (await docker("ps", "-q", "--filter", `name=^${name}-(blue|green)-web`)).split("\n");
  const toldBefore = chat.titles.length;
  await docker("stop", "-t", "1", ...web);
  for (let time = 0; time < 2; time++) await shop.sluice(20, "verify", "--env", "verified");
  await docker("start", ...web);
  await expect.poll(async () => (await fetch(shop.url)).status, { timeout: 60_000, interval: 1_000 }).toBe(200);
  for (let time = 0; time < 2; time++) await shop.sluice(0, "verify", "--env", "verified");
  expect(chat.titles.slice(toldBefore)).toEqual([
    `🚨 ${name}: checks of what serves fail`,
    `💚 ${name}: checks of what serves pass again`,
  ]);
  expect(chat.bodies[toldBefore]).toMatch(/\*Serving\*\\nv4 \((blue|green), 100 %\)/);

  // Nothing is wrong with a stack that was deployed to like this.
  expect(JSON.parse((await shop.sluice(0, "doctor")).stdout)).toMatchObject({ ok: true, diagnoses: [] });
  const everything = [
    deployed.stdout,
    deployed.stderr,
    refused.stdout,
    (await shop.sluice(0, "outbox", "list")).stdout,
  ];
  expect(everything.join()).not.toContain("a-token-of-this-chat");
});
