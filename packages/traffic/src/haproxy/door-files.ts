/** Where the door's image keeps things. The image of `images/door` makes these directories. */
export const doorFiles = {
  config: "/etc/haproxy/haproxy.cfg",
  /** Written and checked before it takes the place of `config`. */
  nextConfig: "/etc/haproxy/haproxy.next.cfg",
  previousConfig: "/etc/haproxy/haproxy.previous.cfg",
  /** Lets a restarted or reloaded door go on as it was; its path is also the map's name at run time. */
  routing: "/var/lib/haproxy/routing.map",
  adminSocket: "/run/haproxy/admin.sock",
} as const;

/** Name of the in-memory ring that holds one line per request. */
export const requestRing = "reqlog";
