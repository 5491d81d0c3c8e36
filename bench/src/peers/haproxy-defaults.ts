/** How the proxies that stand before peers treat requests: all alike, so that what differs is the way to deploy. */
export const haproxyDefaults = `defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  timeout tunnel 1h
  retries 3
  option redispatch 1
  option forwardfor`;
