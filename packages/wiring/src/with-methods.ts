type Method = (...args: readonly unknown[]) => unknown;

/** The same object, each method of it and of the plain objects that it consists of replaced by another. */
export function withMethods<T extends object>(target: T, replace: (method: Method, key: string | symbol) => Method): T {
  const entries = Reflect.ownKeys(target).map((key) => {
    const value: unknown = Reflect.get(target, key);
    if (typeof value === "function") return [key, replace(value.bind(target) as Method, key)] as const;
    return [key, isPlain(value) ? withMethods(value, replace) : value] as const;
  });
  return Object.fromEntries(entries) as T;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
