import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { getMimeType } from 'hono/utils/mime';
import { Refusal } from './answers.js';

/** What the page's import map names below `/vendor/`, served from the packages that are installed. */
const VENDOR: Readonly<Record<string, string>> = {
  'preact.mjs': 'preact',
  'hooks.mjs': 'preact/hooks',
  'jsx-runtime.mjs': 'preact/jsx-runtime',
  'cytoscape.mjs': 'cytoscape/dist/cytoscape.esm.min.mjs',
};

/** The one style that cytoscape adds to a page. */
const CYTOSCAPE_STYLE = '.__________cytoscape_container { position: relative; }';

/** Gives the files that a path can stand for: only what was found at the start, so that none leads elsewhere. */
export function pageRoutes(folder: string): Hono {
  const files = new Map(filesOf(folder));
  for (const [name, module] of Object.entries(VENDOR)) {
    files.set(`/vendor/${name}`, fileURLToPath(import.meta.resolve(module)));
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return new Hono().get('*', async (context, next) => {
    const { path } = context.req;
    const file = files.get(path);
    if (file === undefined) {
      if (path !== '/') return next();
      throw new Refusal(404, 'NOT_FOUND', 'The page is not built', BUILD);
    }
    const content = await readFile(file);
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    const type = getMimeType(file) ?? 'application/octet-stream';
    context.header('ETag', etag);
    context.header('Cache-Control', 'no-cache');
    if (file === index) context.header('Content-Security-Policy', policyOf(content.toString('utf8')));
    if (context.req.header('if-none-match') === etag) return context.body(null, 304);
    context.header(
      'Content-Type',
      /^text\/(html|css|javascript)$/.test(type) ? `${type}; charset=utf-8` : type,
    );
    return context.body(new Uint8Array(content));
  });
}

/** All comes from the server itself; what stands inline in the page, its import map, is allowed by its hash. */
function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/gi)].map(
    ([, text]) => text ?? '',
  );
  return [
    "default-src 'none'",
    ["script-src 'self'", ...inline.map(hashOf)].join(' '),
    `style-src 'self' ${hashOf(CYTOSCAPE_STYLE)}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function filesOf(folder: string): readonly (readonly [path: string, file: string])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(folder.length).split(sep).join('/').replace(/^\/*/, '/'), file]);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const BUILD = "Run 'npm run build', then start the nucleus again";
