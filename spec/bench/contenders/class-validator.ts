import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import type { Contender } from '../contender.js';

/** The floor of a lexeme check: what a user would write without lexemes. */
export const contender: Contender = {
  title: 'plainToInstance + validate',
  check: async (type) => async (data) =>
    (await validate(plainToInstance<object, unknown>(type, data))).length === 0,
};
