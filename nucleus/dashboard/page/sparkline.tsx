import { memo } from './memo.js';

interface Props {
  readonly values: readonly number[];
  readonly width?: number;
  readonly height?: number;
  /** The least that the full height stands for. */
  readonly least?: number;
  /** How many values the full width stands for. */
  readonly length?: number;
}

/** A small line of what has been; the number beside it says the same in words. */
export const Sparkline = memo(function Sparkline({
  values,
  width = 72,
  height = 20,
  least = 0,
  length = 60,
}: Props) {
  const top = Math.max(...values, least, 1e-9) * 1.1;
  const step = width / (length - 1);
  const start = width - (values.length - 1) * step;
  const points = values.map(
    (value, n) =>
      `${(start + n * step).toFixed(1)},${(height - 1 - (value / top) * (height - 2)).toFixed(1)}`,
  );
  if (points.length < 2) return <svg class="spark" width={width} height={height} aria-hidden="true" />;
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <polygon points={`${start.toFixed(1)},${height} ${points.join(' ')} ${width},${height}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
});
