import { getMetadataStorage } from 'class-validator';
import type { Rule } from './class-shape.js';

/** The name under which class-validator reports a rule, such as `isUuid`. */
export function ruleName(rule: Rule): string {
  if (rule.constraintCls === undefined) return rule.type;
  return getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls)[0]?.name ?? rule.type;
}
