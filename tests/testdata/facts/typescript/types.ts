import type { Foo } from './foo';
import { type Bar, baz } from './bar';
import legacy = require('./legacy');
import Alias = ns.Inner.Thing;

export interface Point<T = number> extends Base<T>, ns.Other {
  readonly x: T;
  y?: Foo | null;
  move(dx: number, dy?: T): this;
  [key: string]: unknown;
  (call: string): void;
  nested: { deep: Bar };
}

export type Handler<A> = (event: A, ...rest: Bar[]) => Promise<Foo>;
type Shape = { kind: 'a'; area(): number } & Point;
type Unwrap<T> = T extends Promise<infer U> ? U : never;
type Keys = { [K in keyof Point]: Point[K] };
type Name = Point['x'];

export enum Color { Red, Green = Red << 1, Blue = 'b'.length }
declare global { interface Window { app: App } }
declare module 'ext' { export function load(id: string): Foo; }
namespace ns.Inner { export class Thing {} export const one = 1; }

function over(a: string): string;
function over(a: number): number;
function over(a: any): any { return a as Foo; }

@Injectable()
export abstract class App<T extends Foo = Bar> extends Mixin<T>(Base) implements Point<T>, Runnable {
  private readonly items: Map<string, Foo> = new Map<string, Foo>();
  static instance?: App<Foo>;
  declare x: T;
  constructor(private foo: Foo, public readonly bar = baz(), plain?: string) { super(); }
  @Input() name!: string;
  @Get('/x')
  async load(@Inject(Foo) id: string, ...more: Foo[]): Promise<Foo[]> {
    const { a, b: [first] } = this.items.get(id)!;
    const cast = <Bar>a;
    const same = first satisfies Foo;
    for (const key in same) legacy.use(key);
    return (await this.foo.find<Bar>(cast)) as Foo[];
  }
  abstract area(): number;
  protected get size(): number { return App.instance?.size ?? 0; }
  isFoo(value: unknown): value is Foo { return value instanceof Foo; }
  check(this: App<T>, f: typeof baz): asserts f is Foo {}
}

export default class extends App<Foo> {}
export const config = { port: 1, start: (p: number): Foo => new App(p) } as const;
let untyped: Array<Foo>, n: [Foo, number];
export { over as overloaded };
