export const SUITE_FOLDER: string;
export function fetchTokenizerSuite(): Promise<string | null>;
