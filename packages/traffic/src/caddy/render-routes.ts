import { type DoorPort, type DoorSpec, otherSlot, type Slot, slots, type TesterAddresses } from "@sluice/core";
import { unavailablePage } from "../door/listen.ts";
import { bucketRoutes, turnExpression } from "./bucket.ts";
import { doorFiles } from "./door-files.ts";
import { proxy, proxyName, repeatable, type Way, ways } from "./render-proxy.ts";
import { atLast, type Route, when } from "./route.ts";
import { routingPrefix } from "./routing-name.ts";

/** Reads the routing into `stable`, `share`, `salt` and `testers`. */
export const readRouting: Route[] = [
  when({ file: { root: doorFiles.running, try_files: [`/${routingPrefix}*`] } }, [
    { handler: "vars", routing: "{http.matchers.file.relative}" },
  ]),
];

const splitRouting: Route[] = [
  when(
    {
      vars_regexp: {
        "{http.vars.routing}": {
          name: "routing",
          pattern: "^/routing\\.[0-9]+\\.(blue|green|none):([0-9]+):([0-9]+)(:testers)?$",
        },
      },
    },
    [
      {
        handler: "vars",
        stable: "{http.regexp.routing.1}",
        share: "{http.regexp.routing.2}",
        salt: "{http.regexp.routing.3}",
        testers: "{http.regexp.routing.4}",
      },
    ],
  ),
];

/** What a port does with a request, and what it says when that fails. */
export function portRoutes(spec: DoorSpec): Route[] {
  const routes = [
    ...readRouting,
    ...splitRouting,
    ...previewRoutes(spec),
    ...testerRoutes(spec),
    ...probeRoutes,
    atLast(when({ not: [{ vars: { stable: [...slots] } }] }, [{ handler: "error", status_code: 503 }])),
    ...bucketRoutes(spec),
    ...slots.flatMap((stable) => slotRoutes(spec, stable)),
  ];
  return [
    {
      handle: [
        ...["slot", "bucket", "probe", "failed", "how", "name"].map((key) => ({
          handler: "log_append",
          key,
          value: `{http.vars.${key}}`,
        })),
        { handler: "log_append", key: "retries", value: "{http.reverse_proxy.retries}" },
        { handler: "subroute", routes, errors: { routes: errorRoutes } },
      ],
    },
  ];
}

/** A door that has nobody to ask says so in the words of every door; other errors keep their status. */
const errorRoutes: Route[] = [
  atLast(
    when({ expression: nobodyAnswered() }, [
      { handler: "vars", slot: "" },
      {
        handler: "static_response",
        status_code: 503,
        headers: {
          "Content-Type": ["text/html; charset=utf-8"],
          "Retry-After": ["5"],
          "Cache-Control": ["no-store"],
        },
        body: unavailablePage,
      },
    ]),
  ),
  { handle: [{ handler: "static_response", status_code: "{http.error.status_code}" }] },
];

/** Without it, an error that no route takes would be an empty answer of status 200. */
const raiseAgain: Route = {
  handle: [{ handler: "error", error: "{http.error.message}", status_code: "{http.error.status_code}" }],
};

/** CEL: no server was there, or none accepted the connection: nothing of the request was sent. */
function nobodyAnswered(): string {
  return "{http.error.status_code} == 503 || {http.error.message}.startsWith('dial ')";
}

function previewRoutes({ previewSecret }: DoorSpec): Route[] {
  const isPreview = { header: { "X-Sluice-Preview": [previewSecret] } };
  return [
    when(isPreview, [{ handler: "vars", probe: "unknown" }]),
    ...slots.map((slot) =>
      when({ header: { "X-Sluice-Preview": [previewSecret], "X-Sluice-Slot": [slot] } }, [
        { handler: "vars", probe: slot },
      ]),
    ),
    { handle: [{ handler: "headers", request: { delete: ["X-Sluice-Preview", "X-Sluice-Slot"] } }] },
  ];
}

/** Testers are treated as previews of the candidate are. */
function testerRoutes({ testers }: DoorSpec): Route[] {
  const token = testers?.token;
  const rules: object[] = [
    ...(token?.by === "header" ? [{ header: { [token.name]: [token.value] } }] : []),
    ...(token?.by === "cookie"
      ? [{ header_regexp: { Cookie: { pattern: `(?:^|;\\s*)${token.name}=${token.value}\\s*(?:;|$)` } } }]
      : []),
    ...(testers?.from ? [addressRule(testers.from)] : []),
  ];
  return rules.flatMap((rule) =>
    slots.map((stable) =>
      when(
        {
          ...rule,
          expression: `{http.vars.testers} == ':testers' && {http.vars.stable} == '${stable}'`,
          not: [{ vars: { probe: ["unknown", ...slots] } }],
        },
        [{ handler: "vars", probe: otherSlot(stable) }],
      ),
    ),
  );
}

const addressRule = ({ addresses }: TesterAddresses) => ({ remote_ip: { ranges: addresses } });

const probeRoutes: Route[] = [
  atLast(
    when({ vars: { probe: ["unknown"] } }, [
      { handler: "static_response", status_code: 400, body: "X-Sluice-Slot must be blue or green" },
    ]),
  ),
  ...slots.map((slot) => atLast(when({ vars: { probe: [slot] } }, ask(slot, "preview")))),
];

function slotRoutes(spec: DoorSpec, stable: Slot): Route[] {
  const candidate = otherSlot(stable);
  const isStable = { vars: { stable: [stable] } };
  const last = { handle: ask(stable, "last") };
  const orElse = (slot: Slot, way: Way, failed: readonly Route[]) => [
    {
      handler: "subroute",
      routes: [{ handle: ask(slot, way) }],
      errors: { routes: [...failed, raiseAgain] },
    },
  ];
  /** Only where the request was not sent, or may be sent twice. */
  const takenOver = (from: Slot, expression: string, then: readonly object[]): Route =>
    atLast(when({ expression }, [{ handler: "vars", failed: from, how: "{http.error.status_code}" }, ...then]));
  const mayRepeat = `${nobodyAnswered()} || {http.request.method} in ${JSON.stringify(repeatable).replaceAll('"', "'")}`;
  const toLast = (from: Slot): Route => takenOver(from, nobodyAnswered(), last.handle);
  return [
    atLast(
      when(
        { ...isStable, expression: `${turnExpression(spec.stickiness)} < int({http.vars.share})` },
        orElse(candidate, "candidate", [takenOver(candidate, mayRepeat, orElse(stable, "checked", [toLast(stable)]))]),
      ),
    ),
    atLast(
      when(
        { ...isStable, expression: "int({http.vars.share}) > 0" },
        orElse(stable, "checked", [
          takenOver(stable, nobodyAnswered(), orElse(candidate, "checked", [toLast(candidate)])),
        ]),
      ),
    ),
    atLast(when(isStable, orElse(stable, "checked", [toLast(stable)]))),
  ];
}

function ask(slot: Slot, way: Way): object[] {
  return [
    { handler: "vars", slot },
    { handler: "invoke", name: proxyName(slot, way) },
  ];
}

/** What the routes of a port ask, by name. */
export function portProxies(spec: DoorSpec, listen: DoorPort): Readonly<Record<string, Route>> {
  return Object.fromEntries(
    slots.flatMap((slot) =>
      ways.map((way) => [proxyName(slot, way), { handle: [proxy(spec, listen, slot, way)] }] as const),
    ),
  );
}
