/**
 * The supply chain's promises: at most eight packages in production, all of them and all tools pinned exactly, and every
 * package of the lock file with its checksum. Reads two files, asks nobody.
 */
import { readFileSync } from "node:fs";

const MOST_IN_PRODUCTION = 8;

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const manifest = read("package.json");
const lock = read("package-lock.json");
const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
const problems = [];

const production = locked.filter(([, p]) => !p.dev && !p.devOptional && !p.optional && !p.peer);
if (production.length > MOST_IN_PRODUCTION) {
  const names = production.map(([path]) => path.replace(/^.*node_modules\//, "")).join(", ");
  problems.push(
    `Expected at most ${MOST_IN_PRODUCTION} packages in production, found ${production.length}: ${names}.`,
  );
}

for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
  for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      problems.push(`Expected an exact version of ${name} in ${kind}, found ${version}.`);
    }
    const installed = lock.packages[`node_modules/${name}`]?.version;
    if (installed !== version)
      problems.push(`Expected ${name} ${version} in the lock file, found ${installed}.`);
  }
}

for (const [path, { integrity, link }] of locked) {
  if (link) problems.push(`Expected no link in the lock file, found ${path}.`);
  else if (!/^sha512-/.test(integrity ?? ""))
    problems.push(`Expected a SHA-512 checksum for ${path}, found ${integrity}.`);
}

for (const problem of problems) console.error(problem);
console.log(
  `${production.length} packages in production, ${locked.length} locked, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
