import type { DoorSpec, Stickiness } from "@sluice/core";
import { bucketCookie } from "../door/bucket-cookie.ts";
import { type Route, when } from "./route.ts";

/** How much of a client's name decides its bucket: an address as a whole, of a token its end, which is its signature. */
const nameLength = 40;
const alphabet = "0123456789abcdef.:ABCDEFghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ-_+/= ";
/** Each place of a name counts by a factor of its own, so that names which differ in one character differ. */
const factors = Array.from({ length: nameLength }, (_, index) => ((index + 1) * 7_368_787 + 104_729) % 999_983);

/** Sets `bucket` (or `name`, from which `turnExpression` makes one) and hands out the cookie. */
export function bucketRoutes({ stickiness }: Pick<DoorSpec, "stickiness">): Route[] {
  switch (stickiness.by) {
    case "cookie":
      return cookieRoutes(stickiness);
    case "header":
      return [
        named({ header_regexp: { [stickiness.name]: { name: "name", pattern: `(.{1,${nameLength}})$` } } }),
        ...byAddress,
      ];
    case "ip":
      return byAddress;
    case "none":
      return [drawn];
  }
}

/** CEL: where a request stands among 10 000, the salt included. */
export function turnExpression({ by }: Stickiness): string {
  const bucket = by === "header" || by === "ip" ? hashExpression() : "int({http.vars.bucket})";
  return `(${bucket} + int({http.vars.salt})) % 10000`;
}

function hashExpression(): string {
  const padded = "{http.vars.padded}";
  const terms = factors.map(
    (factor, index) => `('${alphabet}'.indexOf(${padded}.charAt(size(${padded}) - ${index + 1})) + 1) * ${factor}`,
  );
  return `(${terms.join(" + ")}) % 10007 % 10000`;
}

function named(match: object): Route {
  const padding = "~".repeat(nameLength);
  return when({ ...match, not: [{ vars: { named: ["yes"] } }] }, [
    { handler: "vars", named: "yes", name: "{http.regexp.name.1}", padded: `${padding}{http.regexp.name.1}` },
  ]);
}

const byAddress: Route[] = [
  named({ header_regexp: { "X-Forwarded-For": { name: "name", pattern: `^\\s*([^,\\s]{1,${nameLength}})` } } }),
  named({ vars_regexp: { "{http.request.remote.host}": { name: "name", pattern: `(.{1,${nameLength}})$` } } }),
];

/** The first four decimal digits of a random number that is written with sixteen. */
const drawn: Route = when(
  {
    vars: { bucket: [""] },
    vars_regexp: {
      "{http.request.uuid}": {
        name: "drawn",
        pattern: "([0-9])[a-f-]*([0-9])[a-f-]*([0-9])[a-f-]*([0-9])[a-f-]*$",
      },
    },
  },
  [
    {
      handler: "vars",
      new: "yes",
      bucket: "{http.regexp.drawn.1}{http.regexp.drawn.2}{http.regexp.drawn.3}{http.regexp.drawn.4}",
    },
  ],
);

function cookieRoutes({ domain }: Extract<Stickiness, { by: "cookie" }>): Route[] {
  const place = domain === undefined ? "" : `; Domain=${domain}`;
  const add = { "Set-Cookie": [`${bucketCookie}={http.vars.bucket}; Path=/${place}; HttpOnly; SameSite=Lax`] };
  const handOut = (headers: object) => ({ handler: "headers", response: { add, require: { headers } } });
  return [
    when(
      {
        header_regexp: { Cookie: { name: "bucket", pattern: `(?:^|;\\s*)${bucketCookie}=([0-9]{1,4})\\s*(?:;|$)` } },
      },
      [{ handler: "vars", bucket: "{http.regexp.bucket.1}" }],
    ),
    drawn,
    // A shared cache would hand one user's bucket to all: only answers that it may not keep carry a cookie.
    when({ vars: { new: ["yes"] } }, [
      handOut({ "Cache-Control": null }),
      handOut({ "Cache-Control": ["private*", "*no-store*", "*no-cache*", "max-age=0*"] }),
    ]),
  ];
}
