#!/usr/bin/env node
// The command itself is TypeScript, which older versions of Node cannot even read.
if (process.features.typescript) {
  await import('./main.ts');
} else {
  console.error(
    `supercontext: this is Node ${process.versions.node}, and it needs 26 or later, which the clone brings: npx --prefix CLONE --no supercontext`,
  );
  process.exitCode = 2;
}
