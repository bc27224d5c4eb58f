export default class Logger {
  log(text: string): void {
    console.info(text);
  }
}
