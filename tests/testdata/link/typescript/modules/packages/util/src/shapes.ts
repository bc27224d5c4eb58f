export type Shape = { area(): number };
export const Shape = { unit: 1 };
export class Square implements Shape {
//                             ^ resolved/inherit :1
  constructor(private side: number) {}
  area(): number {
    return this.side * this.side;
    //          ^ resolved/read :5
  }
}
function hidden() {}
