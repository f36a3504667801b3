import type { ServiceRecord } from '../../nucleus/instance-record.js';
import type { CompiledLexeme } from '../lexicon/lexeme.js';
import type { ServiceRuntime } from '../runtime/service-runtime.js';

/** The lexemes that a service takes or returns, each once, with or without a label. */
export function lexemesOf(service: ServiceRuntime): readonly CompiledLexeme[] {
  const checks = [
    ...service.operations().flatMap((operation) => [operation.accepts, operation.returns]),
    ...service.events.map((handler) => handler.accepts),
  ];
  return [...new Set(checks.flatMap((check) => (check.kind === 'lexeme' ? [check.lexeme] : [])))];
}

/** What discovery tells of a service. */
export function recordOfService(service: ServiceRuntime): ServiceRecord {
  const { name, version, metadata } = service;
  return {
    name,
    version,
    operations: service.operations().map((operation) => ({
      name: operation.name,
      method: operation.method,
      ...(operation.idempotent === true && { idempotent: true }),
    })),
    lexemes: lexemesOf(service).flatMap(({ label, version: of }) =>
      label === undefined ? [] : [{ label, version: of }],
    ),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}
