import { load, all, Dog, type Animal } from './animals';

type Pair = { left: Dog; right: Partial<Dog> };

const table = {
  open(pair: Pair) {
    pair.left.speak();
    //   ^ resolved/read :3
    //        ^ resolved/call animals.ts:32
    pair.right.describe();
    //         ^ resolved/call animals.ts:11
    this.close();
    //   ^ resolved/call :15
  },
  close: () => 1,
};

function Panel(props: { animal: Animal }) {
  return <div>{props.animal.name}</div>;
}

export async function run(kind: typeof Dog, animal: Animal) {
  const dog = await load();
  //                ^ resolved/call animals.ts:47
  dog.describe();
  //  ^ resolved/call animals.ts:11
  all()[0].speak();
  //       ^ resolved/call animals.ts:32
  kind.create(null!).speak();
  //   ^ resolved/call animals.ts:28
  //                 ^ resolved/call animals.ts:32
  animal.speak();
  //     ^ dispatch/call animals.ts:3 animals.ts:10 animals.ts:32 animals.ts:43
  (animal as Dog).speak();
  //              ^ resolved/call animals.ts:32
  table.open(null!);
  //    ^ resolved/call :6
  {
    const load = () => 1;
    load();
    // @5 exact/call :39
  }
  return <Panel animal={animal} />;
  //      ^ exact/call :18
}
