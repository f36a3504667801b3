import type { Token } from '../metadata/definitions.js';
import { parametersRecord } from '../metadata/records.js';
import type { ConstructorParameterDecorator } from './decorator-types.js';

/** Gives a constructor's parameter the provider of `token`, whatever the parameter's type is. */
export function Inject(token: Token): ConstructorParameterDecorator {
  return (target, _key, index) =>
    parametersRecord.update(target, (parameters) =>
      new Map(parameters).set(index, { ...parameters?.get(index), injected: true, token }),
    );
}
