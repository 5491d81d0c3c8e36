import { describe, expect, it } from "vitest";
import { droppedSteps } from "./dropped-steps.ts";
import { parseTree } from "./tree.ts";

const dropped = (steps: string) => droppedSteps(parseTree(`steps:\n${steps}`));

describe("steps of the job that deploys by hand", () => {
  it("are dropped but for the checkout, Compose and Sluice", () => {
    const steps = `
  - { uses: actions/checkout@v4, with: { lfs: true } }
  - { uses: actions/checkout@v4, with: { repository: acme/assets, path: assets } }
  - { uses: docker/login-action@v3 }
  - { name: Tell the team, run: "curl -d done https://chat.example" }
  - { run: "# models\\n  aws s3 sync s3://models models\\n" }
  - { run: "docker compose pull\\ndocker compose up -d" }
  - { run: exec sluice deploy }
  - { uses: acme/sluice@v1 }
`;
    expect(dropped(steps)).toEqual([
      { title: "actions/checkout@v4", writesEnvFile: false },
      { title: "docker/login-action@v3", writesEnvFile: false },
      { title: "Tell the team", writesEnvFile: false },
      { title: "aws s3 sync s3://models models", writesEnvFile: false },
    ]);
  });

  it.each([
    'printf "%s" "${{ secrets.ENV_FILE }}" > .env',
    "echo A=1 >>./.env",
    "echo A=1 | tee .env.production",
    "cp /srv/shop/.env .env",
    "cat > app/.env <<EOF",
    'echo "$ENV" > "$GITHUB_WORKSPACE/.env"',
  ])("say that they make a file of variables, in the script of Compose as well: %s", (line) => {
    const both = { run: `${line}\ndocker compose up -d` };
    expect(dropped(`  - ${JSON.stringify({ name: "Variables", run: line })}\n`)).toEqual([
      { title: "Variables", writesEnvFile: true },
    ]);
    expect(dropped(`  - ${JSON.stringify(both)}\n`)).toMatchObject([{ writesEnvFile: true }]);
  });

  it("read such a file without making it", () => {
    for (const run of ["docker compose --env-file .env up -d", "source .env && docker compose up -d"]) {
      expect(dropped(`  - ${JSON.stringify({ run })}\n`)).toEqual([]);
    }
  });

  it("that log in to a registry before Compose are dropped, too", () => {
    const run = "echo $T | docker login ghcr.io -u me --password-stdin\ndocker compose up -d";
    expect(dropped(`  - ${JSON.stringify({ run })}\n`)).toHaveLength(1);
  });
});
