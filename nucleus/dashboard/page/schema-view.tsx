import { fieldsOf, type Schema } from './schema.js';

/** A lexeme's fields in words; its JSON Schema on demand. */
export function SchemaView({ schema }: { readonly schema: Schema }) {
  const fields = fieldsOf(schema);
  return (
    <>
      {fields.length === 0 ? (
        <p class="muted">It has no fields.</p>
      ) : (
        <ul class="fields">
          {fields.map(({ path, name, depth, type, required, rules }) => (
            <li key={path} style={{ paddingLeft: `${depth * 14}px` }}>
              <code title={path}>{name}</code>
              <span>
                {[type, ...rules].join(', ')}
                {!required && <span class="muted"> (optional)</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <details class="raw">
        <summary>JSON Schema</summary>
        <pre tabIndex={0}>{JSON.stringify(schema, null, 2)}</pre>
      </details>
    </>
  );
}
