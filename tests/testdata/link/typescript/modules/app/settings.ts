export enum Mode {
  Fast,
  Safe = Fast,
}
export default {
  path: '/tmp',
  mode: Mode.Safe,
  //         ^ resolved/read :3
};
