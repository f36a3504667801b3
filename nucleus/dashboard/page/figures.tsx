import type { MeshView } from '../../daemon/http-api.js';
import { count, duration, rate, share } from './format.js';
import { HEALTHS } from './health.js';
import { Sparkline } from './sparkline.js';
import { ALL, type Trails } from './trails.js';

/** The whole mesh in four numbers. */
export function Figures({ mesh, trails }: { readonly mesh: MeshView; readonly trails: Trails }) {
  const { services, instances } = mesh;
  const perSecond = services.reduce((sum, service) => sum + service.perSecond, 0);
  const errors = services.reduce((sum, service) => sum + service.errorsPerSecond, 0);
  const slowest = services.reduce(
    (most, service) => (service.p99 > (most?.p99 ?? 0) ? service : most),
    services[0],
  );
  const states = HEALTHS.map((health) => ({
    health,
    count: instances.filter((instance) => instance.health === health).length,
  })).filter((state) => state.count > 0);
  const trail = trails.get(ALL);
  return (
    <dl class="figures" aria-label="The mesh in numbers">
      <div class="figure">
        <dt>Instances</dt>
        <dd>
          <span class="big">{count(instances.length)}</span>
          <span class="beside">
            {states.map((state) => (
              <span key={state.health} class={`word ${state.health}`}>
                {count(state.count)} {state.health}
              </span>
            ))}
          </span>
        </dd>
      </div>
      <div class="figure">
        <dt>Messages</dt>
        <dd>
          <span class="big">{rate(perSecond)}</span>
          {trail && <Sparkline values={trail.rates} width={96} height={28} />}
        </dd>
      </div>
      <div class={`figure${errors > 0 ? ' with-errors' : ''}`}>
        <dt>Errors</dt>
        <dd>
          <span class="big">{share(errors, perSecond)}</span>
          {trail && <Sparkline values={trail.errors} least={perSecond / 50} width={96} height={28} />}
        </dd>
      </div>
      <div class="figure">
        <dt>Slowest p99</dt>
        <dd>
          <span class="big">{duration(slowest?.p99 ?? 0)}</span>
          <span class="beside one-line muted">{slowest && slowest.p99 > 0 ? slowest.name : ''}</span>
        </dd>
      </div>
    </dl>
  );
}
