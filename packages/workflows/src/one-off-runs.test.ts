import { describe, expect, it } from "vitest";
import { oneOffRuns } from "./one-off-runs.ts";

const stepOf = (script: string) => oneOffRuns(script)[0]?.step;

describe("one-off runs of a script", () => {
  it.each([
    ["docker compose run --rm web npm run migrate", "npm run migrate"],
    ["docker-compose -f a.yml --project-name shop run --rm -T web npm run migrate", "npm run migrate"],
    ["docker compose run --rm web npm run migrate && docker compose up -d", "npm run migrate"],
    ["docker compose run --rm web npm run migrate || exit 1", "npm run migrate"],
    ["docker compose run --rm web npm run migrate 2>&1 | tee log", "npm run migrate"],
    ["docker compose run --rm web npm run migrate > log 2> errors", "npm run migrate"],
    ["docker compose run --rm web npm run migrate # of the schema", "npm run migrate"],
    ["(docker compose run --rm web npm run migrate); echo done", "npm run migrate"],
    ["if ! docker compose run --rm web npm run migrate; then exit 1; fi", "npm run migrate"],
    [`docker compose run --rm web sh -c "a && b; c"`, `sh -c "a && b; c"`],
    [`docker compose run --rm web sh -c 'echo "$URL"'`, `sh -c 'echo "$$URL"'`],
    [`docker compose run --rm web sh -c "echo $URL \\$URL \\\\$URL '$URL'"`, `sh -c "echo $URL $$URL \\\\$URL '$URL'"`],
    [`docker compose run --rm web echo \\$URL "it's $URL"`, `echo $$URL "it's $URL"`],
    [`docker compose run --rm web sh -c 'load $(date) $1'`, `sh -c 'load $$(date) $$1'`],
  ])("of `%s` have the command alone", (line, command) => {
    expect(stepOf(line)).toEqual({ service: "web", command });
  });

  it("keep what the command line says otherwise than the service", () => {
    const line = `docker compose run --rm -Tu root -e MODE=all --env=NAME --workdir "/srv/my app" --name once web migrate`;
    expect(stepOf(line)).toEqual({
      service: "web",
      command: "migrate",
      settings: { environment: ["MODE=all", "NAME"], user: "root", working_dir: "/srv/my app" },
    });
    expect(stepOf(`docker compose run -e 'A=$B' -e "C=\\$D$E" --entrypoint='sh -c "$F"' web`)?.settings).toEqual({
      environment: ["A=$$B", "C=$$D$E"],
      entrypoint: 'sh -c "$$F"',
    });
    expect(stepOf("docker compose run --entrypoint './migrate --all' web")).toEqual({
      service: "web",
      command: "",
      settings: { entrypoint: "./migrate --all" },
    });
  });

  it.each([
    "docker compose run --rm -v ./seed:/seed web load /seed",
    "docker compose run --rm web migrate $(date)",
    "docker compose run --rm web migrate `date`",
    "docker compose run --rm web migrate ${{ github.sha }}",
    "docker compose run --rm web migrate $1",
    "docker compose run --rm $SERVICE migrate",
    "docker compose exec -T web npm run migrate",
  ])("say of `%s` that no compose file can say it", (line) => {
    expect(oneOffRuns(`${line} && echo done`)).toEqual([{ line, step: null }]);
  });

  it.each(["docker compose up -d", "docker compose run --rm web", "docker run web migrate", "echo 'docker compose'"])(
    "are not in `%s`",
    (line) => {
      expect(oneOffRuns(line)).toEqual([]);
    },
  );

  it("are all of a script, in its order", () => {
    const script =
      "docker compose run a one && docker compose run b two\ndocker compose up -d\ndocker compose exec c three";
    expect(oneOffRuns(script).map(({ line }) => line)).toEqual([
      "docker compose run a one",
      "docker compose run b two",
      "docker compose exec c three",
    ]);
  });
});
