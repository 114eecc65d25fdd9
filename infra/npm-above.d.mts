export function whenNpmIsGone(onGone: () => void): void;
