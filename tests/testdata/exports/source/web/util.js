export class Counter {
  #value = 0;
  increment(by = 1) {
    this.#value += by;
    return this;
  }
  get value() {
    return this.#value;
  }
}

export function format(counter) {
  return `count: ${counter.value}`;
}
