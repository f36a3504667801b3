import { parametersRecord } from '../metadata/records.js';
import type { ConstructorParameterDecorator } from './decorator-types.js';

/** Gives a constructor's parameter `undefined` where its module sees no provider, instead of a mistake at start. */
export function Optional(): ConstructorParameterDecorator {
  return (target, _key, index) =>
    parametersRecord.update(target, (parameters) =>
      new Map(parameters).set(index, { ...parameters?.get(index), optional: true }),
    );
}
