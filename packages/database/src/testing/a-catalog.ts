import type { Catalog, CatalogColumn, CatalogConstraint, CatalogIndex, CatalogTable } from "../rehearsal/catalog.ts";
import type { DdlEvent } from "../rehearsal/ddl-events.ts";
import type { Observations, Rehearsed } from "../rehearsal/report.ts";

export function aColumn(at: number, name: string, over: Partial<CatalogColumn> = {}): CatalogColumn {
  return { at, name, type: "integer", notNull: false, default: null, generated: "", ...over };
}

export function aTable(oid: number, name: string, over: Partial<CatalogTable> = {}): CatalogTable {
  const columns = [aColumn(1, "id", { notNull: true, generated: "a" }), aColumn(2, "total")];
  return { oid, name, kind: "r", file: oid, bytes: 50_000_000, rowSecurity: false, grants: [], columns, ...over };
}

export function anIndex(oid: number, name: string, over: Partial<CatalogIndex> = {}): CatalogIndex {
  const definition = `CREATE INDEX ${name} ON public.orders`;
  return { oid, table: 1, name, file: oid, definition, unique: false, valid: true, ...over };
}

export function aConstraint(oid: number, over: Partial<CatalogConstraint> = {}): CatalogConstraint {
  return {
    oid,
    table: 1,
    name: `constraint_${oid}`,
    type: "c",
    validated: true,
    definition: "CHECK (true)",
    references: 0,
    index: 0,
    ...over,
  };
}

export function aCatalog(over: Partial<Catalog> = {}): Catalog {
  return { tables: [aTable(1, "public.orders")], indexes: [], constraints: [], objects: [], ...over };
}

export function anEvent(over: Partial<DdlEvent> = {}): DdlEvent {
  return {
    watch: "w1",
    event: "end",
    xid: "7",
    at: 1_000,
    began: 900,
    tag: "ALTER TABLE",
    objects: [],
    ids: [],
    locks: [],
    table: 0,
    reason: 0,
    pending: [],
    checked: [],
    ...over,
  };
}

export function someObservations(over: Partial<Observations> = {}): Observations {
  return {
    statements: [],
    locks: [],
    rewrites: [],
    changes: [],
    newTables: [],
    tables: [],
    invalidIndexes: [],
    notValidated: [],
    concurrentIndexes: [],
    scans: [],
    ...over,
  };
}

/** A migration that did nothing, and a previous release that is content. */
export function aRehearsed(observations: Partial<Observations> = {}, over: Partial<Rehearsed> = {}): Rehearsed {
  return {
    migration: { how: "job", services: ["migrate"], ms: 40, error: null },
    observations: someObservations(observations),
    liveLongest: null,
    compatibility: { release: "v1", result: "pass", why: "2 of its checks passed", verdicts: [] },
    down: null,
    ...over,
  };
}
