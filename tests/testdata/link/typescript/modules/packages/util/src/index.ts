export * from './strings.js';
export { default as Logger } from './logger';
//       ^ resolved/import packages/util/src/logger.ts:1
export * as shapes from './shapes';
export * from 'external-kit';
