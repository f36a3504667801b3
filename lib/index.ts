/** The public API: what users write with first, what integrators build on below. */
export {
  ATOM_CODES,
  AtomError,
  BootstrapError,
  type AtomCode,
  type AtomErrorOptions,
  type FieldError,
  type Outcome,
} from './errors.js';
