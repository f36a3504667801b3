import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { MeshView } from '../../daemon/http-api.js';
import { GraphCanvas } from './graph-canvas.js';
import { describeGraph, graphOf } from './graph-elements.js';
import { whenThemeChanges } from './theme.js';

interface Props {
  readonly mesh: MeshView;
  readonly chosen: string | undefined;
  /** The services that the filter lets through; undefined without a filter. */
  readonly shown: ReadonlySet<string> | undefined;
  readonly choose: (service: string) => void;
}

const STEP = 60;
const CLOSER = 1.25;

/** Who calls whom and who hears whom, drawn. */
export function Graph({ mesh, chosen, shown, choose }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const canvas = useRef<GraphCanvas>(null);
  const chooseNow = useRef(choose);
  chooseNow.current = choose;
  const data = useMemo(() => graphOf(mesh, { chosen, shown }), [mesh, chosen, shown]);
  const view = useMemo(() => (shown ? [...shown].join(' ') || 'nothing' : ''), [shown]);

  useEffect(() => {
    const made = new GraphCanvas(container.current!, (service) => chooseNow.current(service));
    canvas.current = made;
    const sizes = new ResizeObserver(() => made.resize());
    sizes.observe(container.current!);
    const stop = whenThemeChanges(() => made.restyle());
    return () => {
      stop();
      sizes.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => canvas.current?.show(data, view), [data, view]);
  useEffect(() => canvas.current?.mark(chosen), [chosen]);

  const keys: Readonly<Record<string, () => void>> = {
    '+': () => canvas.current?.zoom(CLOSER),
    '=': () => canvas.current?.zoom(CLOSER),
    '-': () => canvas.current?.zoom(1 / CLOSER),
    '0': () => canvas.current?.fit(),
    ArrowLeft: () => canvas.current?.pan(STEP, 0),
    ArrowRight: () => canvas.current?.pan(-STEP, 0),
    ArrowUp: () => canvas.current?.pan(0, STEP),
    ArrowDown: () => canvas.current?.pan(0, -STEP),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <section class="card topology" aria-labelledby="topology-title">
      <div class="card-head">
        <h2 id="topology-title">Topology</h2>
        <p class="legend" aria-hidden="true">
          <span class="legend-line calls" /> calls
          <span class="legend-line hears" /> hears
        </p>
        <div class="buttons" role="group" aria-label="View of the graph">
          <button type="button" title="Closer (+)" aria-label="Closer" onClick={keys['+']}>
            +
          </button>
          <button type="button" title="Farther (-)" aria-label="Farther" onClick={keys['-']}>
            −
          </button>
          <button type="button" title="All in view (0)" onClick={keys['0']}>
            Fit
          </button>
          <button
            type="button"
            title="Put everything in order again"
            onClick={() => canvas.current?.arrange()}
          >
            Arrange
          </button>
        </div>
      </div>
      <div
        class="graph"
        ref={container}
        tabIndex={0}
        role="application"
        aria-label={describeGraph(data)}
        aria-description="Plus and minus zoom, 0 brings everything into view, arrow keys move."
        onKeyDown={onKeyDown}
      />
    </section>
  );
}
