import { chromium, type Browser } from 'playwright-core';
import { isExecutable } from './is-executable.ts';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What keeps Chromium from running as root in a container, and from calling anybody by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium of this machine, without a window. Throws where there is none. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(process.env['CHROMIUM_PATH']), args: FLAGS });
}

/** The path of a Chromium: `chosenPath` if given, else the first of the usual places that has one. */
export function findChromium(chosenPath?: string): string {
  const places = chosenPath ? [chosenPath] : USUAL_PLACES;
  const found = places.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `There is no Chromium at ${places.join(', ')}. Install one (\`apt-get install chromium\`), or set CHROMIUM_PATH to where it is.`,
  );
}
