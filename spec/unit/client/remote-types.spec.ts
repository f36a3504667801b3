/* eslint-disable @typescript-eslint/no-unsafe-call -- what must not compile is called too */
import { expect } from 'chai';
import type { AtomClient } from '../../../lib/client/atom-client.js';
import type { RequestOptions } from '../../../lib/client/client-options.js';
import type { Jsonified, Remote, TypedRemote } from '../../../lib/client/remote.js';
import type { MessageContext } from '../../../lib/runtime/context.js';

/** True when the two are the same type, and not only assignable. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only for `true`. */
const holds = <T extends true>(value?: T): void => void value;

class Reserve {
  sku!: string;
  quantity!: number;
}

class Item {
  sku!: string;
  at!: Date;
  note?: string;
  tags!: string[];
  history!: { when: Date; by?: { id: number } }[];
  bySku!: Map<string, number>;
  total(): number {
    return 1;
  }
}

class StockService {
  constructor(private readonly store: string[] = []) {}
  reserve(_: Reserve, __: MessageContext): Promise<Item> {
    return Promise.resolve(new Item());
  }
  count(): number {
    return this.store.length;
  }
  find(_: string): Promise<Item | null> {
    return Promise.resolve(null);
  }
  list(_: { limit?: number }): Item[] {
    return [];
  }
  clear(_: Reserve): void {}
  anything(_: unknown): unknown {
    return 1;
  }
  onLow(_: Reserve, __: MessageContext): void {}
  onInit(): void {}
  onListening(): void {}
  onClose(): void {}
  helper(_: string, __: number, ___: boolean): void {}
  readonly size = 3;
}

interface ItemAsJson {
  sku: string;
  at: string;
  note?: string;
  tags: string[];
  history: { when: string; by?: { id: number } }[];
  bySku: Record<string, never>;
}

type Options<Result> = RequestOptions<Result>;
type R = Remote<StockService>;
type T = TypedRemote<StockService>;

/** Never run: what matters is that it compiles, and that what is marked does not. */
async function compiles(client: AtomClient): Promise<void> {
  const stock = client.of<StockService>('@shop/stock');
  const item = await stock.reserve({ sku: 'tea', quantity: 1 }, { timeout: 500 });
  const text: string = item.at;
  const typed = client.of(StockService);
  const date: Date = (await typed.reserve({ sku: 'tea', quantity: 1 })).at;
  await stock.count();
  await stock.onLow({ sku: 'tea', quantity: 1 });
  // @ts-expect-error a field is missing
  await stock.reserve({ sku: 'tea' });
  // @ts-expect-error a field has another type
  await stock.reserve({ sku: 'tea', quantity: 'one' });
  // @ts-expect-error there is no such field
  await stock.reserve({ sku: 'tea', quantity: 1, colour: 'red' });
  // @ts-expect-error the message is missing
  await stock.reserve();
  // @ts-expect-error there is no such operation
  await stock.reserved({ sku: 'tea', quantity: 1 });
  const fallen: number = await stock.count(undefined, { fallback: (error) => error.message.length });
  const asked: number = await client.request<number>('@shop/stock', 'count', undefined, { fallback: 0 });
  // @ts-expect-error the fallback is no result of this operation
  await stock.count(undefined, { fallback: 'none' });
  // @ts-expect-error there is no such option
  await stock.reserve({ sku: 'tea', quantity: 1 }, { timout: 500 });
  // @ts-expect-error a date is text when it has crossed
  const wrong: Date = item.at;
  // @ts-expect-error methods do not cross
  item.total();
  // @ts-expect-error hooks are not called from outside
  await stock.onInit();
  // @ts-expect-error neither is what takes more than a message
  await stock.helper('a', 1, true);
  // @ts-expect-error nor what is no method
  await stock.size;
  // @ts-expect-error a remote is not changed
  stock.count = () => Promise.resolve(1);
  // @ts-expect-error operations without a message take none
  await stock.count(5);
  void [text, date, wrong, fallen, asked];
}

describe('the types of a remote', () => {
  it('have the methods that take messages, and no others', () => {
    type Names = 'reserve' | 'count' | 'find' | 'list' | 'clear' | 'anything' | 'onLow';
    holds<Equal<keyof R, Names>>();
    holds<Equal<keyof T, Names>>();
    expect(compiles).to.be.a('function');
  });

  it('take the message of the handler, and options', () => {
    holds<Equal<Parameters<R['reserve']>, [data: Reserve, options?: Options<Jsonified<Item>>]>>();
    holds<Equal<Parameters<R['find']>, [data: string, options?: Options<Jsonified<Item> | null>]>>();
    holds<Equal<Parameters<R['count']>, [data?: undefined, options?: Options<number>]>>();
    holds<Equal<Parameters<T['list']>, [data: { limit?: number }, options?: Options<Item[]>]>>();
  });

  it('give what is left after JSON, by name', () => {
    holds<Equal<Awaited<ReturnType<R['reserve']>>, Jsonified<Item>>>();
    const same: Jsonified<Item> = {} as ItemAsJson;
    const back: ItemAsJson = same;
    expect(back).to.deep.equal({});
    holds<Equal<ReturnType<R['count']>, Promise<number>>>();
    holds<Equal<ReturnType<R['find']>, Promise<Jsonified<Item> | null>>>();
    holds<Equal<Awaited<ReturnType<R['list']>>, Jsonified<Item>[]>>();
    holds<Equal<ReturnType<R['clear']>, Promise<void>>>();
    holds<Equal<ReturnType<R['anything']>, Promise<unknown>>>();
  });

  it('give what the class says, by class', () => {
    holds<Equal<ReturnType<T['reserve']>, Promise<Item>>>();
    holds<Equal<ReturnType<T['list']>, Promise<Item[]>>>();
  });

  it('know what JSON does to each kind of value', () => {
    holds<Equal<Jsonified<Date>, string>>();
    holds<Equal<Jsonified<{ a?: Date; b: () => void; c: symbol }>, { a?: string }>>();
    holds<Equal<Jsonified<[Date, number]>, [string, number]>>();
    holds<Equal<Jsonified<'a' | 1 | null>, 'a' | 1 | null>>();
    holds<Equal<Jsonified<Record<string, Date>>, Record<string, string>>>();
    holds<Equal<Jsonified<Set<number>>, Record<string, never>>>();
    holds<Equal<Jsonified<{ toJSON(): { at: Date } }>, { at: string }>>();
    holds<Equal<Jsonified<unknown>, unknown>>();
  });
});
