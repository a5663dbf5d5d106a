/** One entry of a header such as `Accept` or `Accept-Encoding`. */
export interface Weighted {
  /** In lower case. */
  readonly name: string;
  /** By name in lower case, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 (not acceptable) … 1. */
  readonly weight: number;
}

/** The entries of such a header (RFC 9110, section 12.4.2). One whose weight is no number is not acceptable. */
export function parseWeighted(text: string): readonly Weighted[] {
  return text.split(',').map((entry) => {
    const [name = '', ...parts] = entry.split(';').map((part) => part.trim().toLowerCase());
    const parameters = new Map(
      parts.map((part) => {
        const [key = '', value = ''] = part.split('=');
        return [key, value.replaceAll('"', '')];
      }),
    );
    const quality = parameters.get('q') ?? '1';
    return { name, parameters, weight: /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(quality) ? Number(quality) : 0 };
  });
}
