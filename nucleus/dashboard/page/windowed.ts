import { useEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

/** Rows that are drawn beyond what is seen, at each end. */
const BEYOND = 6;

export interface Window {
  readonly from: number;
  readonly to: number;
  /** What stands for the rows that are not drawn, px. */
  readonly above: number;
  readonly below: number;
}

/** Which of `count` rows of equal `height` a scrolling container shows: only these are drawn. */
export function useWindow(container: RefObject<HTMLElement | null>, count: number, height: number): Window {
  const [view, setView] = useState({ first: 0, rows: 20 });
  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const measure = (): void => {
      const first = Math.floor(element.scrollTop / height);
      const rows = Math.ceil(element.clientHeight / height) + 1;
      setView((before) => (before.first === first && before.rows === rows ? before : { first, rows }));
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [container, height]);
  const from = Math.max(0, Math.min(view.first - BEYOND, count - view.rows - 2 * BEYOND));
  const to = Math.min(count, Math.max(0, view.first) + view.rows + BEYOND);
  return { from, to, above: from * height, below: (count - to) * height };
}
