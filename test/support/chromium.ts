import { chromium, type Browser } from 'playwright-core';
import { findProgram } from './find-program.ts';

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

/** Starts the Chromium at `CHROMIUM_PATH`, else that of this machine, without a window. Throws where there is none. */
export function launchChromium(): Promise<Browser> {
  const chosenPath = process.env['CHROMIUM_PATH'];
  const executablePath = findProgram(
    'Chromium',
    chosenPath ? [chosenPath] : USUAL_PLACES,
    'Install one (`apt-get install chromium`), or set CHROMIUM_PATH to where it is.',
  );
  return chromium.launch({ executablePath, args: FLAGS });
}
