/** About 100 bytes as JSON, or 10 KB with a hundred items. */
export interface Body {
  readonly id: number;
  readonly user: string;
  readonly name: string;
  readonly note: string;
  readonly items?: readonly { readonly sku: string; readonly quantity: number; readonly text: string }[];
}

/** Bytes of a body as JSON, roughly. */
export type Size = 100 | 10_000;

const ITEMS = Array.from({ length: 100 }, (_, index) => ({
  sku: `sku-${1000 + index}`,
  quantity: index,
  text: 'a line of text of some fifty-five characters, as people have',
}));

export function makeBody(id: number, size: Size): Body {
  const body = {
    id,
    user: '6f1c7e0a-41d5-4c0e',
    name: 'Ada Lovelace',
    note: 'thirty characters, more or less',
  };
  return size === 100 ? body : { ...body, items: ITEMS };
}

/** What every server does with a request: it makes a new object, so that nothing can be passed through. */
export function answer(request: Body): Body {
  const { id, user, name, note, items } = request;
  return items ? { id: id + 1, user, name, note, items } : { id: id + 1, user, name, note };
}

/** True when `value` is the answer to `request`. */
export function isAnswer(request: Body, value: unknown): boolean {
  const { id, user, note, items } = value as Body;
  return (
    id === request.id + 1 &&
    user === request.user &&
    note === request.note &&
    items?.length === request.items?.length &&
    items?.at(-1)?.quantity === request.items?.at(-1)?.quantity
  );
}
