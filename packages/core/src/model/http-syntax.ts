/** RFC 9110 token: what a method or a header's name may consist of. */
export const httpToken = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** Whose cookie it is: a domain, which may begin with a dot. */
export const cookieDomain = /^\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** What a request names as its host: a name or an IPv4 address, and a port where it has one. */
export const plainHost = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[1-9]\d{0,4})?$/;

/** A path as it goes over the wire, without what a proxy's configuration would read as syntax. */
export const plainPath = /^\/[A-Za-z0-9/._~!&()*+,;=:@%?-]*$/;

/** An address of e-mail that a door can have its certificates under. */
export const plainEmail = /^[\w.+-]+@[A-Za-z0-9.-]+$/;
