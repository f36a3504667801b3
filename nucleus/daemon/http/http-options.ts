import type { Clock } from '../../clock.js';
import type { Logger } from '../../logger.js';
import type { History } from '../history.js';
import type { DaemonHealth } from '../http-api.js';
import type { MeshModel } from '../mesh-model.js';
import type { StatsSource } from '../stats-source.js';
import type { Actions } from './actions.js';

/** Where a nucleus serves the dashboard where nothing else is said. */
export const HTTP_PORT = 7994;

export interface HttpOptions {
  /** What is listened on. Default `127.0.0.1`. */
  readonly bind?: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Names and addresses, without port, by which the nucleus is reached besides those of loopback. Default: none. */
  readonly hosts?: readonly string[];
  /** What `POST` needs, at least 16 characters. */
  readonly token: string;
  /** The folder of the built page. */
  readonly page: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly model: Pick<MeshModel, 'view' | 'instance' | 'subscribe'>;
  readonly history: Pick<History, 'since' | 'subscribe'>;
  readonly source: Pick<StatsSource, 'describe'>;
  readonly actions: Actions;
  readonly health: () => DaemonHealth;
}
