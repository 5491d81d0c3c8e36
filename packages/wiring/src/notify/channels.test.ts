import { aConfig } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { assertAvailable, openChannels } from "./channels.ts";

const config = aConfig({
  notify: {
    channels: {
      team: { slack: { url: "${CHAT_URL}" }, on: ["failed"] },
      pager: { webhook: { url: "https://pager.example.com/x", secret: "${PAGER_SECRET}" } },
      mail: {
        email: {
          host: "mx",
          user: "deployer",
          password: "${SMTP_PASSWORD}",
          from: "a@example.com",
          to: ["b@example.com"],
        },
      },
    },
  },
});
const env = {
  CHAT_URL: "https://chat.example.com/services/a-token",
  PAGER_SECRET: "a-key-of-the-pager",
  SMTP_PASSWORD: "a-password",
};

describe("the channels of a configuration", () => {
  it("are there with what the environment holds, and their secrets are known", () => {
    const opened = openChannels(config, env);
    expect(opened.channels.map(({ name, place }) => `${name} ${place}`)).toEqual([
      "team chat.example.com",
      "pager pager.example.com",
      "mail mx",
    ]);
    expect(opened.channels[0]?.on).toEqual(["failed"]);
    expect(opened.secrets.toSorted()).toEqual([...Object.values(env), "https://pager.example.com/x"].toSorted());
    expect(() => assertAvailable(opened)).not.toThrow();
  });

  it("that lack a variable are named, all at once, and are there all the same", async () => {
    const opened = openChannels(config, { ...env, CHAT_URL: "", SMTP_PASSWORD: undefined });
    expect(() => assertAvailable(opened)).toThrow(
      "environment variables are not set or empty: notify.channels.team needs CHAT_URL; notify.channels.mail needs SMTP_PASSWORD",
    );
    const attempt = await opened.channels[0]?.send({} as never, AbortSignal.abort());
    expect(attempt).toEqual({ result: "refused", reason: "CHAT_URL not set" });
  });

  it("of an address that is none are a mistake, which does not name it and keeps nobody from going back", async () => {
    const opened = openChannels(config, { ...env, CHAT_URL: "hooks.example.com/services/a-token", PAGER_SECRET: "" });
    expect(() => assertAvailable(opened)).toThrow(
      "environment variables are not set or empty: notify.channels.pager needs PAGER_SECRET; the address of notify.channels.team is not an http or https address",
    );
    const reason = "the address of notify.channels.team is not an http or https address";
    expect(await opened.channels[0]?.send({} as never, AbortSignal.abort())).toEqual({ result: "refused", reason });
    expect(opened.secrets).toContain("hooks.example.com/services/a-token");
  });
});
