import { render } from 'preact';
import cytoscape from 'cytoscape';
import type { MeshView } from '../../daemon/http-api.js';

export function App({ mesh }: { mesh?: MeshView }) {
  return (
    <p class="x">
      {String(mesh?.at)} {typeof cytoscape}
    </p>
  );
}
render(<App />, document.getElementById('page')!);
