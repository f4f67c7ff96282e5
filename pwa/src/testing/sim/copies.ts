/** A copy of a phone's database, for a phone that is set back, or of which there are two. */

interface RawStore {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly autoIncrement: boolean;
  readonly records: {
    values(): Iterable<{ key: unknown; value: unknown }>;
    put(one: object): void;
  };
}

interface RawDatabase {
  readonly name: string;
  readonly version: number;
  readonly rawObjectStores: Map<string, RawStore>;
}

interface RawFactory {
  readonly _databases: Map<string, RawDatabase>;
}

export interface DatabaseCopy {
  into(factory: IDBFactory): void;
}

type Made = new (...given: readonly unknown[]) => object;

const rawOf = (factory: IDBFactory) => (factory as unknown as RawFactory)._databases;

/** Only what is committed: no page of the phone may be running. */
export function copyDatabase(factory: IDBFactory): DatabaseCopy | null {
  const databases = [...rawOf(factory).values()].map(cloned);
  return {
    into(target) {
      for (const database of databases) rawOf(target).set(database.name, cloned(database));
    },
  };
}

function cloned(database: RawDatabase): RawDatabase {
  const Database = database.constructor as Made;
  const copy = new Database(database.name, database.version) as RawDatabase;
  for (const [name, store] of database.rawObjectStores) {
    const Store = store.constructor as Made;
    const made = new Store(copy, name, store.keyPath, store.autoIncrement) as RawStore;
    for (const { key, value } of store.records.values()) {
      made.records.put({ key: structuredClone(key), value: structuredClone(value) });
    }
    copy.rawObjectStores.set(name, made);
  }
  return copy;
}
