import { useState } from 'preact/hooks';
import type { DaemonHealth } from '../../daemon/http-api.js';
import { clock } from './format.js';
import type { Link } from './store.js';
import { chooseTheme, chosenTheme, type Theme } from './theme.js';

interface Props {
  readonly daemon: DaemonHealth | undefined;
  readonly environment: string | undefined;
  readonly link: Link;
}

const LINK_WORDS = { connecting: 'Connecting', live: 'Live', lost: 'Connection lost' } as const;

/** Which nucleus this is, what it stands on, and whether what is shown is live. */
export function Header({ daemon, environment, link }: Props) {
  return (
    <header class="header">
      <p class="brand">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>atom</span>
      </p>
      <dl class="facts">
        <div>
          <dt>Environment</dt>
          <dd>{environment ?? daemon?.environment ?? '–'}</dd>
        </div>
        {daemon && (
          <div class="wide-only">
            <dt>Registry</dt>
            <dd title={daemon.registry}>{daemon.registry.replace(/ \(.*/, '')}</dd>
          </div>
        )}
        {daemon && daemon.sources.length > 0 && (
          <div class="wide-only">
            <dt>Sources</dt>
            <dd class="sources">
              {daemon.sources.map(({ name, state, detail }) => (
                <span key={name} title={detail}>
                  {name} <span class={`source-state ${isWell(state) ? 'alive' : 'slow'}`}>{state}</span>
                </span>
              ))}
            </dd>
          </div>
        )}
      </dl>
      <p class={`link-state ${link.state}`}>
        <span class="dot" aria-hidden="true" />
        {LINK_WORDS[link.state]}
        <span class="wide-only muted">since {clock(link.since)}</span>
      </p>
      <ThemeSwitch />
    </header>
  );
}

function isWell(state: string): boolean {
  return /^(ok|connected|up|open|on|listening|ready|active|heard|alive)/i.test(state);
}

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'System theme'],
  ['light', 'Light theme'],
  ['dark', 'Dark theme'],
];

function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label class="theme">
      <span class="visually-hidden">Theme</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          const chosen = currentTarget.value as Theme;
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      >
        {THEMES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
