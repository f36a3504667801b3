import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { Prober } from '../../../nucleus/prober.js';
import { aRecord } from '../../support/records.js';

describe('Prober', () => {
  let clock: FakeClock;
  let prober: Prober;
  let questions: { endpoint: string; timeout: number; answer(record: InstanceRecord): void; fail(): void }[];

  beforeEach(() => {
    clock = new FakeClock();
    prober = new Prober({ clock, random: () => 0.5 });
    questions = [];
    prober.start({
      probe: (endpoint, timeout) =>
        new Promise((answer, reject) => {
          questions.push({ endpoint, timeout, answer, fail: () => reject(new Error('nobody')) });
        }),
    });
  });

  it('asks an endpoint once for all who want to know', async () => {
    const record = aRecord();
    const answers = [prober.ask(record.endpoint), prober.ask(record.endpoint)];
    expect(questions).to.have.length(1);
    expect(questions[0]?.timeout).to.equal(1000);
    questions[0]?.answer(record);
    expect(await Promise.all(answers)).to.deep.equal([record, record]);
    void prober.ask(record.endpoint);
    expect(questions).to.have.length(2);
  });

  it('asks 16 at a time, the others in turn', async () => {
    const records = Array.from({ length: 40 }, (_, at) => aRecord({ endpoint: `tcp://10.0.0.1:${at + 1}` }));
    const answers = records.map(({ endpoint }) => prober.ask(endpoint));
    await clock.settle();
    expect(questions).to.have.length(16);
    questions[3]?.fail();
    questions[5]?.answer(records[5]!);
    await clock.settle();
    expect(questions).to.have.length(18);
    for (let at = 0; at < 40; at++) {
      await clock.settle();
      if (at !== 3 && at !== 5) questions[at]?.answer(records[at]!);
    }
    expect((await Promise.all(answers)).filter((answer) => answer === 'silent')).to.have.length(1);
  });

  it('leaves a silent endpoint alone, longer each time, up to 10 s; the urgent does not wait', async () => {
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const begin = clock.now();
      while (questions.length === round) {
        void prober.ask('tcp://10.0.0.1:1');
        if (questions.length === round) await clock.advance(50);
      }
      waits.push(clock.now() - begin);
      questions.at(-1)?.fail();
      await clock.settle();
    }
    expect(waits).to.deep.equal([0, 200, 400, 800, 1600, 3200, 6400, 10_000]);
    expect(await prober.ask('tcp://10.0.0.1:1')).to.equal('skipped');
    void prober.ask('tcp://10.0.0.1:1', { urgent: true });
    expect(questions).to.have.length(9);
  });

  it('leaves a silent endpoint alone for 0.5 s at most where it expects somebody whom it has met', async () => {
    for (let round = 0; round < 8; round++) {
      void prober.ask('tcp://10.0.0.1:1', { urgent: true });
      questions.at(-1)?.fail();
      await clock.settle();
    }
    await clock.advance(499);
    expect(await prober.ask('tcp://10.0.0.1:1', { met: true })).to.equal('skipped');
    await clock.advance(1);
    expect(await prober.ask('tcp://10.0.0.1:1')).to.equal('skipped');
    void prober.ask('tcp://10.0.0.1:1', { met: true });
    expect(questions).to.have.length(9);
  });

  it('skips what would make the queue longer than 1,000', async () => {
    const answers = Array.from({ length: 1500 }, (_, at) => prober.ask(`tcp://10.0.0.1:${at + 1}`));
    const skipped = await Promise.all(answers.slice(1016));
    expect(new Set(skipped)).to.deep.equal(new Set(['skipped']));
    expect(questions).to.have.length(16);
  });

  it('asks nothing before it was started nor after it was closed, and lets nobody wait', async () => {
    const waiting = Array.from({ length: 30 }, (_, at) => prober.ask(`tcp://10.0.0.1:${at + 1}`));
    prober.close();
    for (const question of questions) question.fail();
    const answers = await Promise.all(waiting);
    expect(answers.filter((answer) => answer === 'skipped')).to.have.length(14);
    expect(await prober.ask('tcp://10.0.0.2:1')).to.equal('skipped');
    expect(await new Prober({ clock, random: Math.random }).ask('tcp://10.0.0.2:1')).to.equal('skipped');
  });
});
