/** navigator.locks of one phone: one holder, the others wait; a page that dies lets go. */

interface Wish {
  readonly owner: object;
  readonly name: string;
  readonly work: (lock: { name: string } | null) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Work = Wish['work'];

export class Locks {
  private wishes: Wish[] = [];
  private readonly held = new Map<string, Wish>();

  request(owner: object, name: string, ...rest: unknown[]): Promise<unknown> {
    const work = rest.at(-1) as Work;
    const { ifAvailable = false } = (rest.length > 1 ? rest[0] : {}) as { ifAvailable?: boolean };
    if (ifAvailable && this.held.has(name)) return Promise.resolve(work(null));
    return new Promise((resolve, reject) => {
      this.wishes.push({ owner, name, work, resolve, reject });
      this.give();
    });
  }

  drop(owner: object): void {
    this.wishes = this.wishes.filter((wish) => wish.owner !== owner);
    for (const [name, wish] of this.held) if (wish.owner === owner) this.held.delete(name);
    this.give();
  }

  private give(): void {
    const next = this.wishes.find(({ name }) => !this.held.has(name));
    if (!next) return;
    this.wishes = this.wishes.filter((wish) => wish !== next);
    this.held.set(next.name, next);
    const done = () => {
      if (this.held.get(next.name) === next) this.held.delete(next.name);
      this.give();
    };
    Promise.resolve(next.work({ name: next.name })).then(
      (value) => (next.resolve(value), done()),
      (error) => (next.reject(error), done()),
    );
    this.give();
  }
}
