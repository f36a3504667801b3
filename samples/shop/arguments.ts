import { parseArgs } from 'node:util';

const USAGE = `Usage: npm start -- [--orders N] [--rate N] [--no-nucleus]

  --orders N   place N orders and end; default: go on until Ctrl-C
  --rate N     orders per second, 1 to 1000; default 100
  --no-nucleus starts no nucleus, and so shows no dashboard`;

/** Reads the command line; ends the process with a word on what is wrong with it. */
export function readArguments(): { orders: number; rate: number; nucleus: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        orders: { type: 'string' },
        rate: { type: 'string' },
        'no-nucleus': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return {
      orders: wholeNumber('--orders', values.orders, Infinity, 1_000_000_000),
      rate: wholeNumber('--rate', values.rate, 100, 1000),
      // Whoever says where the nucleus is has one, or wants none.
      nucleus: !values['no-nucleus'] && !process.env.ATOM_NUCLEUS,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function wholeNumber(option: string, text: string | undefined, fallback: number, most: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Error(`${option} is '${text}'; give a whole number from 1 to ${most}`);
}
