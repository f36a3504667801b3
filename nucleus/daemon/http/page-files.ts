import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { getMimeType } from 'hono/utils/mime';
import { Refusal } from './answers.js';

/** What the page's scripts import by name, served from the packages that are installed. */
const VENDOR: Readonly<Record<string, { readonly path: string; readonly from: string }>> = {
  preact: { path: '/vendor/preact.mjs', from: 'preact' },
  'preact/hooks': { path: '/vendor/preact-hooks.mjs', from: 'preact/hooks' },
  'preact/jsx-runtime': { path: '/vendor/preact-jsx-runtime.mjs', from: 'preact/jsx-runtime' },
  cytoscape: { path: '/vendor/cytoscape.mjs', from: 'cytoscape/dist/cytoscape.esm.min.mjs' },
};

const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.entries(VENDOR).map(([name, { path }]) => [name, path])),
});

/** The one style that cytoscape adds to a page. */
const CYTOSCAPE_STYLE = '.__________cytoscape_container { position: relative; }';

/** Nothing from anywhere else, nothing inline but what is named by its hash. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' '${hashOf(IMPORT_MAP)}'`,
  `style-src 'self' '${hashOf(CYTOSCAPE_STYLE)}'`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the page's folder, as it was found at the start, with `index.html` for `/`, and `/vendor/…`.
 * In `index.html` the import map of the vendor's files follows `<head>`.
 */
export function pageRoutes(folder: string): Hono {
  const files = filesOf(folder);
  for (const { path, from } of Object.values(VENDOR)) {
    files.set(path, () => readFile(fileURLToPath(import.meta.resolve(from))));
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', async () => withImportMap(await index()));
  files.delete('/index.html');
  return new Hono().get('*', async (context, next) => {
    const read = files.get(context.req.path);
    if (read === undefined) {
      if (context.req.path !== '/') return next();
      throw new Refusal(
        404,
        'NOT_FOUND',
        'The page is not built',
        "Run 'npm run build', then start the nucleus again",
      );
    }
    const content = await read();
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    context.header('ETag', etag);
    context.header('Cache-Control', 'no-cache');
    if (context.req.header('if-none-match') === etag) return context.body(null, 304);
    const type =
      context.req.path === '/' ? 'text/html' : (getMimeType(context.req.path) ?? 'application/octet-stream');
    context.header('Content-Type', type.startsWith('text/html') ? 'text/html; charset=utf-8' : type);
    return context.body(new Uint8Array(content));
  });
}

/** Only what is there can be asked for: no path is put together from a request. */
function filesOf(folder: string): Map<string, () => Promise<Buffer>> {
  const files = new Map<string, () => Promise<Buffer>>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(file.slice(folder.length).split(sep).join('/').replace(/^\/*/, '/'), () => readFile(file));
  }
  return files;
}

function withImportMap(html: Buffer): Buffer {
  const map = `<script type="importmap">${IMPORT_MAP}</script>`;
  return Buffer.from(html.toString('utf8').replace(/<head[^>]*>/i, (head) => `${head}\n    ${map}`));
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
