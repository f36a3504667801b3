import type cytoscape from 'cytoscape';

/** The colours of the page, so that the graph follows its theme. */
function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** How the graph looks in the theme of the moment. */
export function graphStyle(): cytoscape.StylesheetJson {
  const colour = colours();
  const stripe = (name: string): Record<string, unknown> => ({
    'background-gradient-stop-colors': `${colour(name)} ${colour(name)} ${colour('surface')} ${colour('surface')}`,
    'border-color': colour(name),
  });
  return [
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        width: 186,
        height: 50,
        'corner-radius': 8,
        'background-fill': 'linear-gradient',
        'background-gradient-direction': 'to-right',
        'background-gradient-stop-positions': '0% 2.6% 2.6% 100%',
        'border-width': 1,
        'border-opacity': 0.55,
        label: 'data(label)',
        color: colour('text'),
        'font-family': getComputedStyle(document.body).fontFamily,
        'font-size': 12.5,
        'line-height': 1.35,
        'text-wrap': 'wrap',
        'text-max-width': '180px',
        'text-valign': 'center',
        'text-halign': 'center',
        'min-zoomed-font-size': 5,
        'overlay-opacity': 0,
        'transition-property': 'opacity, border-width',
        'transition-duration': 120,
      } as unknown as cytoscape.Css.Node,
    },
    ...(['alive', 'slow', 'draining', 'lost'] as const).map((health) => ({
      selector: `node[health = "${health}"]`,
      style: stripe(health),
    })),
    { selector: 'node[health = "alive"]', style: { 'border-color': colour('line-strong') } },
    {
      selector: 'node[health = "lost"], node[health = "slow"]',
      style: { 'border-width': 2, 'border-opacity': 1 },
    },
    {
      selector: 'node[?isDense]',
      style: {
        width: 168,
        height: 32,
        'background-fill': 'solid',
        'border-opacity': 1,
        'font-size': 12,
      } as unknown as cytoscape.Css.Node,
    },
    ...(['alive', 'slow', 'draining', 'lost'] as const).map((health) => ({
      selector: `node[?isDense][health = "${health}"]`,
      style: {
        'background-color': colour(health === 'alive' ? `${health}-soft` : health),
        'border-color': colour(health),
        color: colour(health === 'alive' ? 'text' : 'surface'),
      },
    })),
    {
      selector: 'node[health = "clients"]',
      style: {
        ...stripe('surface'),
        'background-color': colour('surface'),
        'border-style': 'dashed',
        'border-color': colour('line-strong'),
        'border-opacity': 1,
      } as cytoscape.Css.Node,
    },
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        'curve-style': 'bezier',
        'control-point-step-size': 46,
        'line-color': colour('arrow'),
        'target-arrow-color': colour('arrow'),
        'target-arrow-shape': 'triangle',
        'arrow-scale': 1,
        'font-family': getComputedStyle(document.body).fontFamily,
        'font-size': 10.5,
        color: colour('muted'),
        'text-background-color': colour('surface'),
        'text-background-opacity': 0.92,
        'text-background-padding': '3px',
        'min-zoomed-font-size': 7,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'edge[kind = "hears"]',
      style: { 'line-style': 'dashed', 'line-dash-pattern': [5, 4], 'target-arrow-shape': 'vee' },
    },
    { selector: '.named', style: { label: 'data(label)' } },
    {
      selector: 'edge.near',
      style: {
        label: 'data(label)',
        'line-color': colour('accent'),
        'target-arrow-color': colour('accent'),
        color: colour('text'),
        'z-index': 5,
      },
    },
    {
      selector: 'node.chosen',
      style: { 'border-color': colour('accent'), 'border-width': 2.5, 'border-opacity': 1 },
    },
    { selector: 'node[?isAside]', style: { opacity: 0.45 } },
  ];
}
