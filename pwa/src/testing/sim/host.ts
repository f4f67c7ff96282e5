/**
 * The phones of the simulation in one process: takes a command, lets the phone it is for run until
 * it waits for something, and tells what can be seen then. Everything that takes its time is
 * decided by whoever gives the commands; nothing here happens by itself.
 */

import { base64url, fromBase64url } from '../../device/bytes';
import { copyDatabase } from './copies';
import type { DatabaseCopy } from './copies';
import type { Bytes, Native } from './native';
import { Profile } from './profile';
import type { Trouble } from './profile';
import type { File } from './files';
import { Tab } from './tab-host';
import type { Ask, World } from './tab-host';
import type { Deed } from './hands';

export interface Command {
  readonly op: string;
  readonly profile?: string;
  readonly tab?: number;
  /** Steps until the page is held (or dies, with `dies`); none: until it waits. */
  readonly steps?: number | null;
  readonly dies?: boolean;
  readonly commits?: boolean;
  readonly power_cut?: boolean;
  readonly torn?: number;
  readonly [more: string]: unknown;
}

interface Copies {
  readonly database: DatabaseCopy | null;
  readonly files: Map<string, File>;
  readonly local: Map<string, string>;
}

type Finished = { readonly tab: number; readonly what: string; readonly value: unknown };

export class Host {
  private world: World;
  private readonly profiles = new Map<string, Profile>();
  private readonly copies = new Map<string, Copies>();
  private finished: Finished[] = [];
  private told = new Map<string, string>();

  constructor(private readonly native: Native) {
    this.world = { native, seed: '', now: 0, count: 0 };
  }

  /** Does one command, and tells what is to be seen of its phone afterwards. */
  async obey(command: Command): Promise<object> {
    if (command.op === 'reset') return this.reset(String(command.seed), Number(command.now));
    if (command.op === 'time') this.world.now = Number(command.now);
    if (command.op === 'time') return {};
    const profile = this.profileOf(String(command.profile));
    const { steps = null, dies = false, torn = 0 } = command;
    Object.assign(profile, { left: steps ?? Infinity, dies, torn });
    current = profile;
    this.begin(command, profile);
    await this.drain(profile, command);
    return this.report(profile);
  }

  private reset(seed: string, now: number): object {
    this.profiles.clear();
    this.copies.clear();
    this.told.clear();
    this.finished = [];
    this.world = { native: this.native, seed, now, count: 0 };
    return {};
  }

  private profileOf(name: string): Profile {
    const known = this.profiles.get(name);
    if (known) return known;
    const made = new Profile(name);
    this.profiles.set(name, made);
    return made;
  }

  private begin(command: Command, profile: Profile): void {
    const tab = profile.tabs.find(({ id }) => id === command.tab);
    const finish = (what: string, work: Promise<unknown>) => {
      const id = tab?.id ?? 0;
      work.then(
        (value) => tab?.dead || this.finished.push({ tab: id, what, value: value ?? null }),
        (error) => tab?.dead || this.finished.push({ tab: id, what, value: `! ${String(error)}` }),
      );
    };
    switch (command.op) {
      case 'open':
        return this.open(profile);
      case 'enrol':
        return tab && finish('enrol', tab.program.enrol(String(command.code)));
      case 'sync':
        return tab && finish('sync', tab.program.sync());
      case 'act':
        return tab && finish(String(command.name), tab.program.act(command.deed as Deed));
      case 'answer':
        return tab && answer(tab, command);
      case 'fire':
        for (const each of profile.tabs) each.fire();
        return;
      case 'kill':
        return this.kill(profile, command);
      case 'drop':
        for (const each of profile.tabs) for (const one of each.connections) one.drop();
        return;
      default:
        return this.storage(command, profile);
    }
  }

  private storage(command: Command, profile: Profile): void {
    switch (command.op) {
      case 'wipe':
        if (command.database) profile.wipeDatabase();
        if (command.files) profile.files.files = new Map();
        return;
      case 'trouble':
        if (command.on) profile.troubles.add(command.trouble as Trouble);
        else profile.troubles.delete(command.trouble as Trouble);
        return;
      case 'clock':
        profile.ahead = Number(command.ahead);
        return;
      case 'keep':
        this.copies.set(String(command.copy), copiesOf(profile));
        return;
      case 'bring_back':
        return this.bringBack(profile, String(command.copy));
      case 'run':
        return;
      default:
        throw new Error(`no such command: ${command.op}`);
    }
  }

  private open(profile: Profile): void {
    const tab = new Tab(this.world, profile);
    profile.tabs = [...profile.tabs.filter(({ dead }) => !dead), tab];
    tab.program.start().catch((error: unknown) => tab.failures.push(String(error)));
  }

  private kill(profile: Profile, { commits = false, power_cut = false, tab }: Command): void {
    for (const each of profile.tabs) {
      if (tab === undefined || each.id === tab) each.kill(commits, power_cut);
    }
  }

  private bringBack(profile: Profile, name: string): void {
    const copies = this.copies.get(name);
    if (!copies) throw new Error(`no copy ${name}`);
    profile.wipeDatabase();
    copies.database?.into(profile.factory);
    profile.files.files = new Map(
      [...copies.files].map(([file, { bytes, flushed }]) => [
        file,
        { bytes: bytes.slice(), flushed: flushed.slice(), holder: null },
      ]),
    );
    profile.local.clear();
    for (const [key, value] of copies.local) profile.local.set(key, value);
  }

  /** Runs the phone step by step until it waits, is held, or has died. */
  private async drain(profile: Profile, command: Command): Promise<void> {
    for (;;) {
      await this.native.turn();
      if (profile.dies && profile.left < 0) {
        profile.dies = false;
        profile.left = Infinity;
        this.kill(profile, { ...command, tab: undefined });
        continue;
      }
      if (profile.left <= 0 && !profile.dies) return;
      profile.left -= 1;
      if (profile.dies && profile.left < 0) continue;
      if (!profile.next()) return;
    }
  }

  private report(profile: Profile): object {
    const tabs = profile.tabs.filter(({ dead }) => !dead);
    const finished = this.finished;
    this.finished = [];
    return {
      waits: profile.waits,
      finished,
      tabs: tabs.map((tab) => ({
        id: tab.id,
        asks: [...tab.asks.values()].map((ask) => this.shownAsk(tab, ask)),
        due: Math.min(...[...tab.timers.values()].map(({ due }) => due), 1e15),
        failures: tab.failures.splice(0),
        ...this.changes(tab),
      })),
    };
  }

  private shownAsk(tab: Tab, ask: Ask): object {
    const { id, method, path, headers, body } = ask;
    const name = `${tab.id} ask ${id}`;
    if (this.told.has(name)) return { id };
    this.told.set(name, '');
    return { id, method, path, headers, body: base64url(body) };
  }

  /** What is to be seen of a page, as far as it is not what was told before. */
  private changes(tab: Tab): object {
    const { phone, ...rest } = tab.program.look();
    const changed = Object.entries(phone ?? {}).filter(([part, value]) => {
      const name = `${tab.id} ${part}`;
      const text = JSON.stringify(value);
      if (this.told.get(name) === text) return false;
      this.told.set(name, text);
      return true;
    });
    return { ...rest, phone: Object.fromEntries(changed) };
  }
}

function answer(tab: Tab, command: Command): void {
  const id = Number(command.ask);
  if (command.lost) return tab.asks.get(id)?.settle(null);
  const headers = command.headers as Record<string, string>;
  const format = headers['Content-Encoding'];
  const sent = fromBase64url(String(command.body)) as Bytes;
  const body = format ? tab.world.native.unpack(format, sent) : sent;
  tab.answer(id, Number(command.status), headers, body, Boolean(command.cut));
}

const copiesOf = (profile: Profile): Copies => ({
  database: copyDatabase(profile.factory),
  files: profile.files.copy(),
  local: new Map(profile.local),
});

/** Whose tasks the database queues: one phone runs at a time. */
let current: Profile | null = null;

/** Takes the place of the scheduler in fake-indexeddb. */
export function queueTask(run: () => void): void {
  current?.queue(run);
}
