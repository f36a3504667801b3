import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the dashboard, for whoever serves it. */
export interface PageFile {
  /** Where it is on the disk. */
  readonly file: string;
  /** Its `Content-Type`. */
  readonly type: string;
}

/** Where the build puts the page, beside this file's own output. */
const FOLDER = join(import.meta.dirname, 'page');

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** What index.html's import map names under `/vendor/`, and the modules that these are. */
const VENDOR: Readonly<Record<string, string>> = {
  'preact.mjs': 'preact',
  'hooks.mjs': 'preact/hooks',
  'jsx-runtime.mjs': 'preact/jsx-runtime',
  'cytoscape.mjs': 'cytoscape/dist/cytoscape.esm.min.mjs',
};

/**
 * The file of the dashboard that stands at a URL's path: `/` is the page itself. Undefined where there is none; a
 * path never leads out of the page's folder.
 */
export function pageFile(path: string): PageFile | undefined {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const vendor = /^vendor\/([\w.-]+)$/.exec(name)?.[1];
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (type === undefined) return undefined;
  if (vendor !== undefined) {
    const specifier = Object.hasOwn(VENDOR, vendor) ? VENDOR[vendor] : undefined;
    return specifier === undefined
      ? undefined
      : { file: fileURLToPath(import.meta.resolve(specifier)), type };
  }
  return /^[a-z][a-z0-9-]*\.(html|css|js|svg)$/.test(name) ? { file: join(FOLDER, name), type } : undefined;
}

/**
 * The `Content-Security-Policy` of the page: everything from the server itself. The one script that stands in the
 * page, its import map, is allowed by its hash.
 */
export function pagePolicy(): string {
  const html = readFileSync(join(FOLDER, 'index.html'), 'utf8');
  const map = /<script type="importmap">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(map).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self' 'unsafe-inline'", // the graph's library writes a style element
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
