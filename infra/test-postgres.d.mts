export const POSTGRES_FOLDER: string;
export function fetchPostgres(): Promise<string | null>;
