import { describe, expect, it } from "vitest";
import { createCookieJar } from "./cookie-jar.ts";

describe("cookie jar", () => {
  it("sends back what it was given, the latest value of each name", () => {
    const jar = createCookieJar();
    expect(jar.header()).toBeUndefined();
    jar.keep(["bucket=17; Path=/; HttpOnly", "session=a=b"]);
    jar.keep(["bucket=18"]);
    expect(jar.header()).toBe("bucket=18; session=a=b");
  });

  it("forgets what has expired", () => {
    const jar = createCookieJar();
    jar.keep(["one=1; Max-Age=60", "two=2"]);
    jar.keep(["one=; Max-Age=0", "two=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]);
    expect(jar.header()).toBeUndefined();
  });
});
