/** What a worker tells the process that started it. */
export type Report =
  | { readonly type: 'listening'; readonly instance: string }
  | { readonly type: 'closing'; readonly handled: readonly number[] };
