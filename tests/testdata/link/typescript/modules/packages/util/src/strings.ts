export function pad(text: string): string;
export function pad(text: string, width: number): string;
export function pad(text: string, width = 2): string {
  return text.padEnd(width);
  //          ^ external external:builtin#string.padEnd
}
export const trim = (text: string) => text.trim();
export default 'none';
