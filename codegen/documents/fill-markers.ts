/**
 * A document with `content` between the two comments that name it, `<!-- NAME: … -->` and `<!-- /NAME -->`.
 * @throws Error unless each stands there once, in this order
 */
export function filled(document: string, name: string, content: string): string {
  const [before = '', within, ...more] = document.split(new RegExp(`(?<=<!-- ${name}:.*-->\\n)`));
  const [old, after, ...others] = (within ?? '').split(`<!-- /${name} -->`);
  if (old === undefined || after === undefined || more.length > 0 || others.length > 0) {
    throw new Error(`the document needs the markers <!-- ${name}: … --> and <!-- /${name} -->, once each`);
  }
  return `${before}\n${content}\n\n<!-- /${name} -->${after}`;
}
