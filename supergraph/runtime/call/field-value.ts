/** RFC 9110 (5.5): tabs, blanks, visible ASCII, and bytes above it. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a text can be the value of an HTTP header. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}
