/** What a header such as `Accept` lists: names in small letters, each with its quality from 0 to 1, which is 1 where it says none. */
export function* weighted(header: string): Generator<{ readonly name: string; readonly quality: number }> {
  for (const item of header.split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    yield { name, quality: Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1) };
  }
}
