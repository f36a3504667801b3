import { expect } from 'chai';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { Registry } from '../../nucleus/registry/registry.js';
import { eventually } from '../support/eventually.js';
import { aRecord } from '../support/records.js';

export interface RegistryHarness {
  setup(): Promise<void>;
  cleanup(): Promise<void>;
  create(environment: string): Registry;
  /** Lets the record's lease run out at once. */
  expire(environment: string, instance: string): Promise<void>;
}

/** What a listener was told. */
export class Heard {
  readonly found: InstanceRecord[] = [];
  readonly left: string[] = [];
  readonly lost: string[] = [];

  constructor(registry: Registry) {
    registry.open({
      found: (record) => void this.found.push(record),
      left: (instance) => void this.left.push(instance),
      lost: (instance) => void this.lost.push(instance),
    });
  }
}

/** The promises of the `Registry` port; run it against each implementation. */
export function registryConformance(name: string, harness: RegistryHarness): void {
  describe(`registry: ${name}`, () => {
    const opened: Registry[] = [];
    const create = (environment = 'test'): Registry => {
      const registry = harness.create(environment);
      opened.push(registry);
      return registry;
    };
    before(() => harness.setup());
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((registry) => registry.close()));
    });
    after(() => harness.cleanup());

    it('tells those who came first and those who come later, with the whole record', async () => {
      const [early, writer, late] = [create(), create(), create()];
      const record = aRecord();
      const earlyHeard = new Heard(early);
      writer.open({ found() {}, left() {}, lost() {} });
      writer.put(record);
      await eventually(() => expect(earlyHeard.found[0]).to.deep.equal(record));
      const lateHeard = new Heard(late);
      await eventually(() =>
        expect(lateHeard.found.find(({ id }) => id === record.id)).to.deep.equal(record),
      );
    });

    it('takes a record that was put before it was opened', async () => {
      const [reader, writer] = [create(), create()];
      const record = aRecord();
      writer.put(record);
      const heard = new Heard(reader);
      writer.open({ found() {}, left() {}, lost() {} });
      await eventually(() => expect(heard.found.map(({ id }) => id)).to.include(record.id));
    });

    it('tells a newer revision, and never an older one after it', async () => {
      const [reader, writer] = [create(), create()];
      const heard = new Heard(reader);
      writer.open({ found() {}, left() {}, lost() {} });
      const record = aRecord();
      for (let revision = 1; revision <= 5; revision++) writer.put({ ...record, revision });
      const told = (): number[] =>
        heard.found.filter(({ id }) => id === record.id).map((each) => each.revision);
      await eventually(() => expect(told().at(-1)).to.equal(5));
      expect(told()).to.deep.equal([...told()].sort());
    });

    it('never tells the own record', async () => {
      const [registry, other] = [create(), create()];
      const heard = new Heard(registry);
      const [own, foreign] = [aRecord(), aRecord()];
      registry.put(own);
      other.open({ found() {}, left() {}, lost() {} });
      other.put(foreign);
      await eventually(() => expect(heard.found.map(({ id }) => id)).to.include(foreign.id));
      await registry.remove(own.id);
      expect(heard.found.map(({ id }) => id)).not.to.include(own.id);
      expect(heard.left).not.to.include(own.id);
    });

    it('tells that an instance left, and does not show it to later comers', async () => {
      const [reader, writer, late] = [create(), create(), create()];
      const heard = new Heard(reader);
      writer.open({ found() {}, left() {}, lost() {} });
      const [leaver, stayer] = [aRecord(), aRecord()];
      writer.put(leaver);
      writer.put(stayer);
      await eventually(() =>
        expect(heard.found.map(({ id }) => id)).to.include.members([leaver.id, stayer.id]),
      );
      await writer.remove(leaver.id);
      await eventually(() => expect(heard.left).to.deep.equal([leaver.id]));
      const lateHeard = new Heard(late);
      await eventually(() => expect(lateHeard.found.map(({ id }) => id)).to.include(stayer.id));
      expect(lateHeard.found.map(({ id }) => id)).not.to.include(leaver.id);
    });

    it('tells that a lease is lost, which is not a goodbye', async () => {
      const [reader, writer] = [create(), create()];
      const record = aRecord();
      writer.open({ found() {}, left() {}, lost() {} });
      writer.put(record);
      const heard = new Heard(reader);
      await eventually(() => expect(heard.found.map(({ id }) => id)).to.include(record.id));
      await writer.close();
      await harness.expire('test', record.id);
      await eventually(() => expect(heard.lost).to.deep.equal([record.id]), { within: 15_000 });
      expect(heard.left).to.be.empty;
    });

    it('keeps environments apart', async () => {
      const [reader, writer] = [create('blue'), create('green')];
      const heard = new Heard(reader);
      writer.open({ found() {}, left() {}, lost() {} });
      writer.put(aRecord({ environment: 'green' }));
      const [witness, seen] = [create('green'), create('blue')];
      const witnessed = new Heard(witness);
      await eventually(() => expect(witnessed.found).not.to.be.empty);
      seen.open({ found() {}, left() {}, lost() {} });
      const blue = aRecord({ environment: 'blue' });
      seen.put(blue);
      await eventually(() => expect(heard.found.map(({ id }) => id)).to.include(blue.id));
      expect(heard.found.every(({ environment }) => environment === 'blue')).to.equal(true);
    });

    it('tells nothing after it was closed, and closes twice without harm', async () => {
      const [reader, writer, witness] = [create(), create(), create()];
      const heard = new Heard(reader);
      const witnessed = new Heard(witness);
      await reader.close();
      await reader.close();
      expect(reader.status().state).to.equal('off');
      const before = heard.found.length;
      writer.open({ found() {}, left() {}, lost() {} });
      const record = aRecord();
      writer.put(record);
      await eventually(() => expect(witnessed.found.map(({ id }) => id)).to.include(record.id));
      expect(heard.found).to.have.length(before);
    });
  });
}
