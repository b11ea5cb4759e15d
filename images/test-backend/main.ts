/** A backend to try the tunnel with: echo by TCP and UDP, HTTP and WebSocket. */
import { jsonText, print, textLine } from '../../tools/contract/terminal-text.ts';
import { faultText, Fault } from '../../tools/contract/fault.ts';
import { healthcheck, healthcheckUrl, terminated } from '../../tools/serve/healthcheck.ts';
import { answer } from './answers.ts';
import { serveWeb } from './connections.ts';
import { serveEcho, type Serving } from './echo.ts';
import { settingsOf } from './settings.ts';

async function serve(): Promise<void> {
  const { echo, web } = settingsOf(process.env);
  const ended = terminated(process);
  const serving = [await serveEcho(echo), await serveWeb(web, answer)];
  tell('listening', serving);
  await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }));
  await Promise.all(serving.map((one) => one.close()));
}

function tell(event: string, [echo, web]: readonly Serving[]): void {
  const line = { at: new Date().toISOString(), event, echo: echo!.address, http: web!.address };
  print(process.stdout, jsonText(line));
}

async function main(): Promise<number> {
  const url = healthcheckUrl(process.argv);
  if (url !== undefined) return healthcheck(url, (reason) => print(process.stderr, textLine(reason)));
  try {
    await serve();
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!(error instanceof Fault) && !code) throw error;
    const fault = error instanceof Fault ? error : new Fault(message, 'choose another address or port');
    print(process.stderr, faultText(fault));
    return 2;
  }
}

void main().then((status) => (process.exitCode = status));
