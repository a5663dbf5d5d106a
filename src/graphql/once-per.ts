/** What `compute` gives for a part of a document, computed once for as long as that part is remembered. */
export function oncePer<Part extends object, Value>(compute: (part: Part) => Value): (part: Part) => Value {
  const known = new WeakMap<Part, { readonly value: Value }>();
  return (part) => {
    const before = known.get(part);
    if (before !== undefined) return before.value;
    const value = compute(part);
    known.set(part, { value });
    return value;
  };
}
