declare const VERSION: string;
interface String {
  shout(): string;
}
type First<T> = T extends (...args: [infer A]) => void ? A : never;
//                                                       ^ exact/type :5
