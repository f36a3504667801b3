import { useState } from 'preact/hooks';
import { keepToken } from './token.js';

interface Props {
  readonly taken: () => void;
  readonly wasRefused: boolean;
}

/** Says that the page may only look, and how that is changed. */
export function TokenNotice({ taken, wasRefused }: Props) {
  const [text, setText] = useState('');
  const use = (): void => {
    if (text.trim() === '') return;
    // Either the token alone or the whole address.
    keepToken(/token=([^&\s]+)/.exec(text)?.[1] ?? text);
    taken();
  };
  return (
    <div class="notice" role="note">
      <p>
        <strong>
          {wasRefused ? 'The token is not taken any more.' : 'This page may look, but not send.'}
        </strong>{' '}
        To send it needs the token of the nucleus: run <code>atom status</code> in a terminal and open the
        address that it prints, or paste it here.
      </p>
      <div class="token-line">
        <label>
          <span class="visually-hidden">Token, or the address that atom status prints</span>
          <input
            value={text}
            autocomplete="off"
            placeholder="Token or address"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              use();
            }}
          />
        </label>
        <button type="button" onClick={use}>
          Use
        </button>
      </div>
    </div>
  );
}
