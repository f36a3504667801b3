import { getMetadataStorage, IsEmail, type ValidatorConstraintInterface } from 'class-validator';
import type { Rule } from './class-shape.js';

/**
 * Plain addresses, all of which class-validator's `isEmail` takes. It needs 2 to 3 microseconds for one, more than
 * everything else of an ordinary lexeme together; what this does not match is asked there.
 */
const PLAIN_ADDRESS = /^[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}$/i;
/** Short enough that no part of an address can be too long. */
const MAX_LENGTH = 64;

export function isPlainAddress(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_LENGTH && PLAIN_ADDRESS.test(value);
}

/** True for `@IsEmail()` of class-validator without options, and for nobody else's rule of that name. */
export function isOrdinaryEmailRule(
  rule: Rule,
  name: string,
  validator: ValidatorConstraintInterface,
): boolean {
  const [options] = (rule.constraints as readonly unknown[] | undefined) ?? [true];
  if (name !== 'isEmail' || options !== undefined) return false;
  genuine ??= reader(genuineEmail());
  return genuine !== undefined && reader(validator) === genuine;
}

let genuine: string | undefined;

function genuineEmail(): ValidatorConstraintInterface {
  class Probe {}
  IsEmail()(Probe.prototype, 'email');
  const storage = getMetadataStorage();
  const [rule] = storage.getTargetValidationMetadatas(Probe, '', false, false);
  return storage.getTargetValidatorConstraints(rule!.constraintCls)[0]!.instance;
}

/**
 * The place in the code that reads the constraints when a rule is asked. Rules are closures in a wrapper that looks
 * the same for all, so this is what tells one from another.
 */
function reader(validator: ValidatorConstraintInterface): string | undefined {
  let place: string | undefined;
  const constraints = {
    targetName: '',
    property: '',
    object: {},
    value: '',
    get constraints() {
      place ??= callerOfThis();
      return [undefined];
    },
  };
  try {
    void validator.validate('', constraints);
  } catch {
    return undefined;
  }
  return place;
}

function callerOfThis(): string | undefined {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
  const before = Error.prepareStackTrace;
  try {
    Error.prepareStackTrace = (_error, sites) => sites;
    const sites = new Error().stack as unknown as NodeJS.CallSite[];
    const site = sites[2]; // after this function and the getter
    return site && `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  } finally {
    Error.prepareStackTrace = before;
  }
}
