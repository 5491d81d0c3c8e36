import fc from "fast-check";
import { expect, test } from "vitest";
import { activeAt, decidingServers, isHealthy, isReached, parseStat, slotTraffic } from "./parse-stat.ts";

const columns =
  "pxname,svname,scur,stot,econ,eresp,wretr,wredis,status,check_status,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,last_chk";
const stat = [
  `# ${columns},`,
  'only_blue,blue1,1,10,0,0,0,0,UP,L7OK,9,0,1,0,"Layer7 check passed, code: 200",',
  "only_blue,blue2,0,0,2,1,0,0,DOWN,L4CON,0,0,0,0,,",
  "only_blue,blue1-unchecked,1,3,0,0,0,0,no check,,3,0,0,0,,",
  "candidate_green,green1,2,5,1,0,3,4,UP,* L7OK,3,1,0,1,,",
  "candidate_green,blue1,0,4,0,0,0,0,UP,,4,0,0,0,,",
  "only_green,green1,0,0,0,0,0,0,UP,INI,0,0,0,0,,",
  "preview_green,green1,1,7,0,0,0,0,UP,,7,0,0,0,,",
  "",
  "Pid: 8",
].join("\n");

test("a slot's numbers are those of its servers in every backend, without our probes", () => {
  const rows = parseStat(stat) ?? [];
  expect(slotTraffic(rows, "blue")).toEqual({
    requests: 17,
    http2xx: 16,
    http3xx: 0,
    http4xx: 1,
    http5xx: 0,
    connectErrors: 2,
    responseErrors: 1,
    retries: 0,
    redispatches: 0,
    active: 2,
    serversUp: 1,
    serversTotal: 2,
  });
  expect(slotTraffic(rows, "green")).toMatchObject({
    requests: 5,
    http5xx: 1,
    responseErrors: 3,
    retries: 3,
    redispatches: 4,
    serversUp: 0,
    serversTotal: 1,
  });
});

test("what a candidate did not answer counts, however often it was asked again and whatever the version says of it", () => {
  const errors = (backend: string, cells: string) => {
    const rows = parseStat(`# pxname,svname,eresp,wretr,wredis,\n${backend},green1,${cells},\n`) ?? [];
    return slotTraffic(rows, "green").responseErrors;
  };
  // As HAProxy 2.6 and 3.0 count 62 requests without an answer, tried again at the same server and at another one.
  expect(["0,124,0", "62,124,0", "0,62,62", "62,62,62"].map((cells) => errors("candidate_green", cells))).toEqual([
    62, 62, 62, 62,
  ]);
  // Connections that did not come about, and were made to another server.
  expect(errors("candidate_green", "0,0,9")).toBe(0);
  expect(errors("stable_green", "2,9,9")).toBe(2);
});

test("probes under way count for a drain", () => {
  expect(activeAt(parseStat(stat) ?? [], "green")).toBe(3);
});

test("a server is not reached before its first check, and stays reached while the next one runs", () => {
  const rows = parseStat(stat) ?? [];
  const [unchecked] = decidingServers(rows, "green");
  expect(unchecked && isReached(unchecked)).toBe(false);
  expect(rows.filter(isReached).map(({ backend, server }) => `${backend}/${server}`)).toEqual([
    "only_blue/blue1",
    "candidate_green/green1",
  ]);
});

test("columns are found by name, wherever a version puts them", () => {
  const names = columns.split(",").filter((name) => name !== "pxname");
  fc.assert(
    fc.property(fc.shuffledSubarray(names, { minLength: names.length }), fc.nat(), (order, requests) => {
      const values: Record<string, string> = {
        svname: "blue1",
        stot: String(requests),
        last_chk: '"a ""quoted"", text"',
      };
      const text = `# pxname,${order.join(",")},\nonly_blue,${order.map((name) => values[name] ?? "").join(",")},\n`;
      const [row] = parseStat(text) ?? [];
      expect(row?.fields["last_chk"]).toBe('a "quoted", text');
      expect(slotTraffic(row ? [row] : [], "blue").requests).toBe(requests);
    }),
  );
});

test("what is no statistics is told from statistics without servers", () => {
  expect(parseStat("Permission denied\n")).toBeNull();
  expect(parseStat(`# ${columns},\n\n`)).toEqual([]);
});

test("a server that answers the health path with 4xx is reached, and not healthy", () => {
  const rows = parseStat(
    [
      "# pxname,svname,status,check_status,check_code,",
      "only_blue,blue1,UP,L7OK,404,",
      "only_blue,blue2,UP,* L7OK,302,",
      "only_blue,blue3,UP,L4OK,,",
      "only_blue,blue4,DOWN,L7STS,500,",
      // The last result with the code of a check that has none yet.
      "only_blue,blue5,UP,* L7OK,,",
      "only_blue,blue6,UP,* L7OK,0,",
      "only_blue,blue7,UP,* L4OK,,",
    ].join("\n"),
  );
  expect(rows?.map((row) => [isReached(row), isHealthy(row)])).toEqual([
    [true, false],
    [true, true],
    [true, true],
    [false, false],
    [true, false],
    [true, false],
    [true, true],
  ]);
});
