import { main } from './main';
main(null!);
// @1 resolved/call app/main.ts:18
