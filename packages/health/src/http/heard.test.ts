import { expect, it } from "vitest";
import { heard } from "./heard.ts";

const settings = Buffer.from("\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", "latin1");

it.each([
  ["HTTP/1.1 404 Not Found\r\n", "http"],
  ["HTTP/1.0 200\r\n", "http"],
  ["\r\nHTTP/1.1 200 OK\r\n", "http"],
  // Doors pass on what has another name in the place of the version, and so do some that stream.
  ["ICY 200 OK\r\n", "http"],
  ["", "nothing"],
  ["\r\n", "nothing"],
  ["HTTP/1.", "nothing"],
  ["HTTP/1.1 20", "nothing"],
  ["220 mail.example.com ESMTP\r\n", "other"],
  ["SSH-2.0-OpenSSH_9.6\r\n", "other"],
  ["RFB 003.008\n", "other"],
  ["-ERR unknown command\r\n", "other"],
  ["+OK", "other"],
  ["ERROR\r\n", "other"],
  ["<html>no status line</html>", "other"],
  ["AMQP\0\0\x09\x01", "other"],
  ["J\0\0\0\x0a8.0.36\0", "other"],
  ["\x15\x03\x01\0\x02\x02\x46", "tls"],
  ["\x16\x03\x03\0\x7a", "tls"],
  ["\0\0\x06", "nothing"],
  ["\0\0\x06\x07\0\0\0\0\0", "other"],
])("%j is taken for: %s", (text, spoken) => {
  expect(heard(Buffer.from(text, "latin1"))).toBe(spoken);
});

it("settings are what servers of HTTP/2 begin with", () => {
  expect(heard(settings)).toBe("h2");
});
