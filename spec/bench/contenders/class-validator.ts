import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Contender } from '../contender.js';
import { Order } from '../order.js';

/** The floor of a lexeme check: what a user would write without lexemes. */
export const contender: Contender = {
  title: 'plainToInstance + validateSync',
  check: async () => (data) => validateSync(plainToInstance(Order, data)).length === 0,
};
