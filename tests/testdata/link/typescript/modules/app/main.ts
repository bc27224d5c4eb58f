import { pad, trim as cut, Logger, shapes, cloud } from '@acme/util';
//       ^ resolved/import packages/util/src/strings.ts:3
//            ^ resolved/import packages/util/src/strings.ts:7
//                         ^ resolved/import packages/util/src/logger.ts:1
//                                         ^ external/import external:external-kit#cloud
import type { Shape } from '@acme/util/shapes';
//            ^ resolved/import packages/util/src/shapes.ts:1 packages/util/src/shapes.ts:2
import { hidden } from '@acme/util/shapes';
//       ^ unresolved/import
import settings, { Mode } from '#app/settings';
import * as io from 'node:fs/promises';
import React from 'react';
//     ^ external/import external:react#default
import gone from './gone';
//     ^ unresolved/import
import './setup';

export async function main(shape: Shape): Promise<void> {
  //                              ^ resolved/type packages/util/src/shapes.ts:1
  pad('x');
  // @3 resolved/call packages/util/src/strings.ts:3
  cut('y');
  // @3 resolved/call packages/util/src/strings.ts:7
  new Logger().log('z');
  //  ^ resolved/new packages/util/src/logger.ts:1
  //           ^ resolved/call packages/util/src/logger.ts:2
  const square = new shapes.Square(2);
  //                        ^ resolved/new packages/util/src/shapes.ts:3 packages/util/src/shapes.ts:5
  square.area();
  //     ^ resolved/call packages/util/src/shapes.ts:6
  shape.area();
  //    ^ dispatch/call packages/util/src/shapes.ts:1 packages/util/src/shapes.ts:6
  await io.readFile(settings.path);
  //       ^ external external:fs#promises.readFile
  //                         ^ resolved/read app/settings.ts:6
  if (settings.mode === Mode.Fast) React.act();
  //                         ^ resolved/read app/settings.ts:2
  //                                     ^ external external:react#default.act
  const lazy = await import('./lazy');
  lazy.start();
  //   ^ resolved/call app/lazy.ts:1
  VERSION.length;
  // @3 resolved/read app/env.d.ts:1
  String(1);
  // @3 external external:global#String
  nowhere();
  // @3 unresolved
}
