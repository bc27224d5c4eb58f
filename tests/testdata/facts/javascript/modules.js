import fs, { readFile as read, type } from 'node:fs';
import * as util from './util.js';
import './side.js';
export { one, two as deux } from './numbers.js';
export * from './all.js';
export * as ns from './ns.js';
export { Shape as Figure, local };

/** A shape. */
class Shape extends util.Base {
  static count = 0;
  #secret = 1;
  name;
  handler = (event) => this.render(event);
  constructor(name, { size, color: { hue } = {} } = {}) {
    super(name);
    this.name = name;
    this.size = size ?? hue;
    this.handler(this.#secret);
  }
  get area() { return this.size ** 2; }
  set area(v) { this.size = v; }
  static async *make(...args) { yield* new Shape(...args).parts(); }
  render(event) {
    switch (event?.type) {
      case 'a': return super.render(event);
      default: throw new RangeError(`bad ${event.type}`);
    }
  }
}
const local = read, LIMIT = 3;
let counter = 0;
counter++;
counter += LIMIT;
export const area = (s) => s.area;
export default function () { return fs.readSync(type); }
describe('shape', () => {
  it('has an area', async () => {
    expect(area(new Shape('x'))).toBe(1);
  });
  it.each([1])('each %s', function (n) { area(n); });
});
label: for (let i = 0; i < 3; i++) {
  try { break label; } catch (e) { console.log(e); } finally { }
}
