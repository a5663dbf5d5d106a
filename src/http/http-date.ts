/** An HTTP date in any of the three forms of RFC 9110, section 5.6.7, all of them in UTC; else `NaN`. */
export function httpDateMs(text: string): number {
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return Number.NaN;
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
