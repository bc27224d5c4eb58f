export interface Animal {
  name: string;
  speak(loud?: boolean): string;
}
export abstract class Base implements Animal {
  name = 'base';
  private friends: Animal[] = [];
  private byName = new Map<string, Dog>();
  constructor(protected readonly log: Log) {}
  abstract speak(): string;
  describe(): string {
    this.log.write(this.name);
    //       ^ resolved/call :55
    //                  ^ resolved/read :6
    for (const friend of this.friends) friend.speak();
    //                                        ^ dispatch/call :3 :10 :32 :43
    return this.speak();
    //          ^ dispatch/call :10 :32 :43
  }
  get size(): number {
    return 1;
  }
  set size(value: number) {
    this.name = String(value);
  }
}
export class Dog extends Base {
  static create(log: Log): Dog {
    return new Dog(log);
    //         ^ resolved/new :27 :9
  }
  speak(): string {
    super.describe();
    //    ^ resolved/call :11
    this.size = this.size + 1;
    //   ^ resolved/write :23
    //               ^ resolved/read :20
    return this.toString();
    //          ^ external external:global#Object.toString
  }
}
export class Cat extends Base {
  speak(): string {
    return 'meow';
  }
}
export async function load(): Promise<Dog> {
  return Dog.create(new Log());
  //         ^ resolved/call :28
}
export function all(): Dog[] {
  return [];
}
export class Log {
  write(text: string): void {}
}
