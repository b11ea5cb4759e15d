/**
 * A function that remembers what it made of texts, so that a certificate or key that many ask about is parsed once.
 * @param make what it makes must hang on the text alone
 * @param most so many texts; when there are more, all are forgotten
 */
export function kept<T>(make: (text: string) => T, most = 256): (text: string) => T {
  const made = new Map<string, { value: T }>();
  return (text) => {
    const known = made.get(text);
    if (known) return known.value;
    const value = make(text);
    if (made.size >= most) made.clear();
    made.set(text, { value });
    return value;
  };
}
