/** `name`, made longer until the document does not use it for anything. */
export function unusedName(text: string, name: string): string {
  return text.includes(name) ? unusedName(text, `${name}_`) : name;
}
