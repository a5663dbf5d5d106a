import type { Result } from './report.ts';
import { summarize } from './report.ts';
import type { Scenario } from './scenarios.ts';
import type { Server } from './servers.ts';

const WIDTH = 760;
const NAME_WIDTH = 250;
const VALUE_WIDTH = 80;
const BAR_HEIGHT = 18;
const GAP = 4;
const HEADING = 34;

/** Requests a second as bars, a group for each scenario of hot and warm load: an SVG for light and dark pages. */
export function chart(
  results: readonly Result[],
  scenarios: readonly Scenario[],
  servers: readonly Server[],
): string {
  const parts: string[] = [];
  let y = 0;
  for (const scenario of scenarios.filter(({ isOnce }) => !isOnce)) {
    parts.push(`<text class="heading" x="0" y="${y + 22}">${scenario.title}</text>`);
    y += HEADING;
    const lines = summarize(results, scenario, servers);
    const most = Math.max(...lines.map(({ perSecond }) => perSecond));
    for (const { server, perSecond } of lines) {
      const width = Math.max(1, ((WIDTH - NAME_WIDTH - VALUE_WIDTH) * perSecond) / most);
      const isOurs = server.name === 'gateway';
      const baseline = y + BAR_HEIGHT - 5;
      parts.push(
        `<text class="${isOurs ? 'ours' : ''}" x="${NAME_WIDTH - 8}" y="${baseline}" text-anchor="end">${server.title.replaceAll('**', '')}</text>`,
        `<rect class="${isOurs ? 'ours' : ''}" x="${NAME_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
        `<text x="${(NAME_WIDTH + width + 6).toFixed(1)}" y="${baseline}">${Math.round(perSecond).toLocaleString('en')}</text>`,
      );
      y += BAR_HEIGHT + GAP;
    }
    y += GAP * 2;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" role="img" aria-label="Requests a second of the gateway and of other servers">
<style>
text { font: 13px system-ui, sans-serif; fill: #444c56; }
.heading { font-weight: 600; font-size: 14px; fill: #24292f; }
text.ours { font-weight: 600; fill: #0b57d0; }
rect { fill: #b6bec9; }
rect.ours { fill: #0b57d0; }
@media (prefers-color-scheme: dark) {
  text { fill: #adbac7; }
  .heading { fill: #e6edf3; }
  text.ours { fill: #79b8ff; }
  rect { fill: #545d68; }
  rect.ours { fill: #79b8ff; }
}
</style>
${parts.join('\n')}
</svg>
`;
}
