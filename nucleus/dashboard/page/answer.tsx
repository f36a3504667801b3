import type { Sent } from './api.js';
import { duration } from './format.js';

/** What came of what was sent. */
export function Answer({ sent }: { readonly sent: Sent | undefined }) {
  return (
    <div class="answer" role="status" aria-label="Answer">
      {sent &&
        (sent.answer.ok ? (
          <Result result={sent.answer.result} ms={sent.answer.ms} />
        ) : (
          <Failure sent={sent} />
        ))}
    </div>
  );
}

function Result({ result, ms }: { readonly result: unknown; readonly ms: number }) {
  return (
    <>
      <p>
        <span class="chip alive">answered</span> <span class="muted">after {duration(ms)}</span>
      </p>
      <pre tabIndex={0}>{JSON.stringify(result, null, 2) ?? 'nothing'}</pre>
    </>
  );
}

interface FieldError {
  readonly path: string;
  readonly message: string;
}

function Failure({ sent }: { readonly sent: Sent }) {
  const { answer } = sent;
  if (answer.ok) return null;
  const { code, outcome, message, details, mend } = answer.error;
  const fields = fieldErrors(details);
  return (
    <>
      <p>
        <span class="chip lost">{code}</span>{' '}
        <span class="muted">
          after {duration(answer.ms)}
          {outcome === undefined ? '' : `, ${outcome}`}
        </span>
      </p>
      <p>{message}</p>
      {mend !== undefined && <p class="muted">{mend}</p>}
      {fields.length > 0 ? (
        <ul class="fields">
          {fields.map((field) => (
            <li key={`${field.path} ${field.message}`}>
              <code>{field.path}</code> <span>{field.message}</span>
            </li>
          ))}
        </ul>
      ) : (
        details !== undefined && <pre tabIndex={0}>{JSON.stringify(details, null, 2)}</pre>
      )}
    </>
  );
}

/** The errors of a lexeme, one a field; empty where the details are something else. */
function fieldErrors(details: unknown): FieldError[] {
  if (!Array.isArray(details)) return [];
  const isField = (entry: unknown): entry is FieldError =>
    typeof entry === 'object' && entry !== null && 'path' in entry && 'message' in entry;
  return details.every(isField) ? details : [];
}
