import { ASSUMED_SHAPE, parseWorklistShape, type WorklistShape } from '../worklist-shape.ts';
import type { ConfigProblem } from './config-error.ts';
import { readJsonFile } from './read-json-file.ts';
import type { ReadFile } from './read-text-file.ts';

const VARIABLE = 'GOSPEECH_SHAPE_FILE';

/** The worklist's shape as the file says; as it is assumed without one. */
export function readShape(
  path: string | undefined,
  readFile: ReadFile,
): { readonly shape: WorklistShape; readonly problems: readonly ConfigProblem[] } {
  const refuse = (...rules: readonly string[]) => ({
    shape: ASSUMED_SHAPE,
    problems: rules.map((rule) => ({ variable: VARIABLE, rule })),
  });
  if (path === undefined) return refuse();
  const file = readJsonFile(path, readFile);
  if ('rule' in file) return refuse(file.rule);
  const parsed = parseWorklistShape(file.json);
  return 'shape' in parsed ? { shape: parsed.shape, problems: [] } : refuse(...parsed.problems);
}
