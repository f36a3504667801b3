import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';

/**
 * One stop of the Tab key for a long list: the arrow keys go on from there. The focus goes to the element with
 * `data-row` of the row, which may have to be scrolled to and drawn first.
 */
export function useRoving(scroller: RefObject<HTMLElement | null>, count: number, height: number) {
  const [at, setAt] = useState(0);
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target } = event;
    const row = target instanceof HTMLElement ? target.dataset['row'] : undefined;
    const next = row === undefined ? undefined : nextRow(event.key, Number(row), count);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
    focusRow(scroller.current!, next, height);
  };
  return { at, onKeyDown };
}

const PAGE = 10;

function nextRow(key: string, row: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + PAGE,
    PageUp: row - PAGE,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}

function focusRow(scroller: HTMLElement, row: number, height: number): void {
  const top = row * height;
  const room = scroller.clientHeight - 2 * height;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
  const focus = (tries: number): void => {
    const element = scroller.querySelector<HTMLElement>(`[data-row="${row}"]`);
    if (element) element.focus({ preventScroll: true });
    else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
  };
  focus(10);
}
