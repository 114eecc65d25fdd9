export const FOREIGN_SERVER: string;
export function foreignServerFolder(environment?: NodeJS.ProcessEnv): string;
export function foreignServerStamp(environment?: NodeJS.ProcessEnv): string;
export function foreignServerPython(environment?: NodeJS.ProcessEnv): string | null;
