import { expect } from 'chai';
import { MAX_BATCH_BYTES, MAX_BATCH_PARTS } from '../../../lib/transport/outbox.js';
import {
  ANYBODY,
  decodeBatch,
  encodeBatch,
  encodeHeader,
  HEADER_CHARS,
  WIRE_VERSION,
} from '../../../lib/wire/codec.js';
import { MAX_HEADERS_TEXT } from '../../../lib/wire/limits.js';
import { MAX_DEPTH } from '../../../lib/wire/sanitize.js';
import { envelopeProblem, MAX_ERROR_TEXT, MAX_HEADERS, MAX_NAME } from '../../../lib/wire/validate.js';
import { checkRecord } from '../../../nucleus/record-check.js';
import {
  framesOf,
  readAs,
  protocolBlocks,
  protocolEnvelopes,
  protocolText,
  SENDER,
  TARGET,
  TYPES,
} from './support.js';

describe('lib/wire/PROTOCOL.md', () => {
  it('has one example of each message, in the order of its table', () => {
    const types = protocolEnvelopes().map((envelope) => envelope.t);
    expect(types).to.deep.equal(TYPES);
    const rows = [...protocolText().matchAll(/^\| [A-Z]+ \| `([a-z]+)` \|/gm)].map(([, type]) => type);
    expect(rows).to.deep.equal(TYPES);
  });

  it('shows messages that decode to what they say', () => {
    for (const envelope of protocolEnvelopes()) {
      expect(envelopeProblem(envelope), envelope.t).to.equal(undefined);
      const batch = { sender: SENDER, target: TARGET, sentAt: 1, envelopes: [envelope] };
      const frames = framesOf(batch);
      expect(decodeBatch(frames)).to.deep.equal(readAs(batch, frames[0]));
      if (envelope.t === 'info') expect(checkRecord(envelope.record)).to.deep.equal(envelope.record);
    }
  });

  it('names every field that a type has in its example, and no other', () => {
    for (const envelope of protocolEnvelopes()) {
      const row = protocolText()
        .split('\n')
        .find((line) => line.includes(`| \`${envelope.t}\` |`))!;
      const like = envelope.t === 'sig' ? `${row} \`i\` \`s\` \`dl\` \`d\`` : row;
      for (const key of Object.keys(envelope)) {
        if (key !== 't') expect(like, envelope.t).to.include(`\`${key}\``);
      }
    }
  });

  it('shows a message character for character', () => {
    const [example] = protocolBlocks('text message');
    const header = encodeHeader(SENDER, ANYBODY);
    expect(encodeBatch(header, 1500.25, ['', '{"t":"hello"}'])).to.equal(example!.replaceAll(/\s/g, ''));
    expect(header).to.have.length(HEADER_CHARS);
    expect(protocolText()).to.include(`version: \`${WIRE_VERSION}\``);
  });

  it('names the limits that the code has', () => {
    const text = protocolText();
    for (const words of [
      `| ${MAX_NAME} characters |`,
      `| ${MAX_HEADERS}; ${MAX_HEADERS_TEXT / 1024} Ki characters in all |`,
      `| ${MAX_ERROR_TEXT.toLocaleString('en')} characters; 20; 64 Ki characters |`,
      `| nesting of data | ${MAX_DEPTH} |`,
      `cut at ${MAX_BATCH_PARTS} envelopes or ${MAX_BATCH_BYTES / 1024} Ki characters`,
    ]) {
      expect(text).to.include(words);
    }
  });
});
