/** One page of one phone: its own copy of the program, in a browser whose every power is ours. */

import { fraction, chanceOf } from './chance';
import type { Bytes, Native } from './native';
import { Killed } from './profile';
import type { Profile } from './profile';
import { SimResponse, streamOf, streamsOf } from './streams';
import type { Program } from './tab';
import { webCrypto } from './web-crypto';
import { databaseOf } from './database';
import type { Connection } from './database';

export interface Ask {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
  readonly settle: (response: object | null) => void;
}

interface Timer {
  due: number;
  readonly run: () => void;
  readonly every: number | null;
}

export interface World {
  readonly native: Native;
  readonly seed: string;
  /** The true time, in milliseconds. */
  now: number;
  /** Counts whatever must never have the same name twice. */
  count: number;
}

type Globals = Record<string, unknown>;

export class Tab {
  dead = false;
  readonly id: number;
  readonly asks = new Map<number, Ask>();
  readonly timers = new Map<number, Timer>();
  readonly connections: Connection[] = [];
  readonly program: Program;
  /** What failed without anybody waiting for it. */
  readonly failures: string[] = [];

  constructor(
    readonly world: World,
    readonly profile: Profile,
  ) {
    this.id = world.count += 1;
    const globals = this.globals();
    const names = Object.keys(globals);
    const program = world.native.program('tab', names);
    this.program = program(...names.map((name) => globals[name])) as Program;
  }

  private globals(): Globals {
    const { native } = this.world;
    const draw = chanceOf(native, `${this.world.seed} ${this.profile.name} ${this.id}`);
    const math = Object.create(Math) as typeof Math;
    math.random = () => fraction(draw);
    const silent = () => undefined;
    const seen: Globals = {
      ...streamsOf(native),
      ...this.timing(),
      ...databaseOf(this),
      navigator: this.navigator(),
      localStorage: this.localStorage(),
      document: { visibilityState: 'visible', addEventListener: silent },
      addEventListener: silent,
      removeEventListener: silent,
      crypto: webCrypto(native, draw),
      fetch: (path: string, init: RequestInit) => this.fetch(path, init),
      Worker: workerFor(this),
      Math: math,
      isSecureContext: true,
      location: { hash: '', pathname: '/', search: '' },
      caches: this.caches(),
    };
    return { ...seen, globalThis: seen, self: seen };
  }

  timing(): Globals {
    const { world, profile } = this;
    const now = () => world.now + profile.ahead;
    class SimDate extends Date {
      constructor(...given: [] | [number]) {
        super(given.length === 0 ? now() : given[0]);
      }
      static override now(): number {
        return now();
      }
    }
    const set = (every: boolean) => (run: () => void, wait = 0) => {
      world.count += 1;
      const due = world.now + Math.max(0, Number(wait) || 0);
      if (!this.dead) this.timers.set(world.count, { due, run, every: every ? wait : null });
      return world.count;
    };
    const clear = (id: number) => this.timers.delete(id);
    return {
      Date: SimDate,
      setTimeout: set(false),
      setInterval: set(true),
      clearTimeout: clear,
      clearInterval: clear,
      queueMicrotask,
    };
  }

  navigator(): object {
    const { profile } = this;
    const granted = async () => !profile.troubles.has('not_persisted');
    return {
      userAgent: 'Chrome/156 simulation',
      language: 'zh-CN',
      onLine: true,
      serviceWorker: { register: async () => undefined, getRegistration: async () => undefined },
      locks: {
        request: (name: string, ...rest: unknown[]) =>
          this.dead ? new Promise(() => undefined) : profile.locks.request(this, name, ...rest),
      },
      storage: {
        getDirectory: async () => profile.files.folder(this),
        persisted: granted,
        persist: granted,
        estimate: async () => ({ usage: 0, quota: 1e10 }),
      },
    };
  }

  private localStorage(): object {
    const { local } = this.profile;
    return {
      getItem: (name: string) => local.get(name) ?? null,
      setItem: (name: string, value: string) => void (this.dead || local.set(name, String(value))),
      removeItem: (name: string) => void (this.dead || local.delete(name)),
    };
  }

  private caches(): object {
    const all = this.profile.caches;
    const open = async (name: string) => {
      const kept = all.get(name) ?? new Map<string, string>();
      all.set(name, kept);
      return {
        match: async (key: string) => {
          const text = kept.get(key);
          return text === undefined ? undefined : { text: async () => text };
        },
        put: async (key: string, response: SimResponse) => {
          const text = await response.text();
          if (!this.dead) kept.set(key, text);
        },
        delete: async (key: string) => kept.delete(key),
      };
    };
    return { open };
  }

  private fetch(path: string, init: RequestInit): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.dead) return;
      this.world.count += 1;
      const id = this.world.count;
      const settle = (response: object | null) => {
        this.asks.delete(id);
        if (response) resolve(response);
        else reject(new TypeError('failed to fetch'));
      };
      init.signal?.addEventListener('abort', () => {
        if (this.asks.delete(id)) reject(new DOMException('aborted', 'AbortError'));
      });
      const body = init.body ? Uint8Array.from(init.body as Bytes) : new Uint8Array();
      const headers = (init.headers ?? {}) as Record<string, string>;
      this.asks.set(id, { id, method: init.method ?? 'GET', path, headers, body, settle });
    });
  }

  /** The server's answer has come, or the beginning of it. */
  answer(id: number, status: number, headers: Record<string, string>, body: Bytes, cut: boolean) {
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const lower = new Map(named as [string, string][]);
    const stream = streamOf([body], cut ? new TypeError('network error') : null);
    const response = new SimResponse(stream);
    this.asks.get(id)?.settle({
      status,
      ok: status >= 200 && status < 300,
      headers: { get: (name: string) => lower.get(name.toLowerCase()) ?? null },
      body: stream,
      text: () => response.text(),
      arrayBuffer: () => response.arrayBuffer(),
      json: async () => JSON.parse(await response.text()) as unknown,
    });
  }

  /** Fires every timer that is due, in their order. */
  fire(): void {
    const due = [...this.timers].filter(([, timer]) => timer.due <= this.world.now);
    for (const [id, timer] of due.sort((a, b) => a[1].due - b[1].due || a[0] - b[0])) {
      if (timer.every === null) this.timers.delete(id);
      else timer.due = this.world.now + timer.every;
      timer.run();
    }
  }

  /** The page is gone in this instant. What the database had not committed is rolled back. */
  kill(commits: boolean, powerCut: boolean): void {
    if (this.dead) return;
    this.dead = true;
    for (const connection of this.connections) connection.die(commits);
    this.timers.clear();
    this.asks.clear();
    this.profile.files.release(this, powerCut, this.profile.torn);
    this.profile.locks.drop(this);
  }
}

/** Workers of a page: the journal's. Messages are steps; the worker dies with its page. */
function workerFor(tab: Tab): unknown {
  const { world, profile } = tab;
  return class {
    onmessage: ((message: { data: unknown }) => void) | null = null;
    onerror: ((error: unknown) => void) | null = null;
    private readonly inside: { onmessage?: (message: { data: unknown }) => Promise<void> };

    constructor() {
      const postMessage = (data: unknown) => {
        const copy = structuredClone(data);
        profile.queue(() => this.onmessage?.({ data: copy }), tab);
      };
      this.inside = { postMessage } as typeof this.inside;
      const globals: Globals = {
        self: this.inside,
        postMessage,
        navigator: tab.navigator(),
        ...tab.timing(),
      };
      const names = Object.keys(globals);
      world.native.program('worker', names)(...names.map((name) => globals[name]));
    }

    postMessage(data: unknown): void {
      if (tab.dead) return;
      const copy = structuredClone(data);
      profile.queue(() => {
        this.inside.onmessage?.({ data: copy }).catch((error: unknown) => {
          if (!(error instanceof Killed)) tab.failures.push(String(error));
        });
      }, tab);
    }

    terminate(): void {
      this.inside.onmessage = async () => undefined;
    }
  };
}
