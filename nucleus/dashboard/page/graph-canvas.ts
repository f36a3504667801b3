import cytoscape from 'cytoscape';
import { NAMED_UP_TO, type EdgeData, type GraphData, type NodeData } from './graph-elements.js';
import { arrange, DENSE, place, type Arrow, type Cell, type Layout, type Point } from './graph-layout.js';
import { graphStyle } from './graph-style.js';

const MARGIN = 28;
const MOST_VIEWS = 20;
const CHUNK = 80;
const CLOSEST = 1.25;
const ROOMY: Cell = { width: 345, height: 88 };
const CLOSE: Cell = { width: 212, height: 44 };
/** In a drawing that is narrower than this, px, columns become rows. */
const NARROW = 560;

/** The drawing of the mesh: takes what is to be seen, moves nothing that is there already. */
export class GraphCanvas {
  private readonly cy: cytoscape.Core;
  /** Of each view that was shown: the whole, and what a filter lets through. */
  private readonly known = new Map<string, Layout>();
  private view = '';
  private isFree = false;
  private marked: string | undefined;
  /** The next step of adding; a newer mesh takes its place. */
  private frame = 0;
  /** Once all is added, it is brought into view. */
  private willFit = false;
  private isDownward = false;

  constructor(
    container: HTMLElement,
    private readonly choose: (service: string) => void,
  ) {
    this.cy = cytoscape({
      container,
      style: graphStyle(),
      minZoom: 0.08,
      maxZoom: 3,
      boxSelectionEnabled: false,
      autounselectify: true,
      pixelRatio: 'auto',
    });
    this.cy.on('tap', 'node', ({ target }: cytoscape.EventObject) =>
      this.choose((target as cytoscape.NodeSingular).id()),
    );
    this.cy.on('mouseover', 'node', ({ target }: cytoscape.EventObject) =>
      (target as cytoscape.NodeSingular).connectedEdges().addClass('near'),
    );
    this.cy.on('mouseout', 'node', () => this.cy.edges('.near').not(this.ofChosen()).removeClass('near'));
    this.cy.on('dragfree', 'node', ({ target }: cytoscape.EventObject) => {
      const node = target as cytoscape.NodeSingular;
      const places = new Map(this.layout?.places).set(node.id(), this.turned(node.position()));
      this.known.set(this.view, { places, arrows: this.layout?.arrows ?? 0 });
    });
    this.cy.on('dragpan pinchzoom scrollzoom', () => (this.isFree = true));
  }

  /** Draws the mesh as it is now. Each `view` of it has its own places. */
  show({ nodes, edges }: GraphData, view: string): void {
    const isOther = this.turn() || view !== this.view;
    this.view = view;
    const before = this.layout;
    const layout = place(
      before,
      nodes.map(({ id }) => id),
      arrowsOf(edges),
      this.cellFor(nodes.length),
    );
    this.keep(layout);
    const { places } = layout;
    const wanted = new Set([...nodes, ...edges].map(({ id }) => id));
    if (isOther || (before !== layout && !this.isFree)) this.willFit = true;
    const fresh: cytoscape.ElementDefinition[] = [];
    this.cy.batch(() => {
      this.cy
        .elements()
        .filter((element) => !wanted.has(element.id()))
        .remove();
      for (const data of nodes) {
        if (!this.change(data)) {
          fresh.push({ group: 'nodes', data, position: this.turned(places.get(data.id)!) });
        }
      }
      for (const data of edges) if (!this.change(data)) fresh.push({ group: 'edges', data });
      if (isOther || before !== layout) this.move();
    });
    cancelAnimationFrame(this.frame);
    if (fresh.length > 0) this.frame = requestAnimationFrame(() => this.add(fresh));
    else this.added();
  }

  /** Marks the service that is looked at, and its arrows. */
  mark(service: string | undefined): void {
    this.marked = service;
    this.cy.batch(() => {
      this.cy.elements('.chosen, .near').removeClass('chosen near');
      if (service === undefined) return;
      this.cy.getElementById(service).addClass('chosen').connectedEdges().addClass('near');
    });
  }

  /** Brings everything into view. */
  fit(): void {
    this.isFree = false;
    this.cy.resize();
    this.cy.fit(undefined, MARGIN);
    if (this.cy.zoom() > CLOSEST) {
      this.cy.zoom(CLOSEST);
      this.cy.center();
    }
  }

  /** Forgets where things stood. */
  arrange(): void {
    const names = this.cy.nodes().map((node) => node.id());
    const arrows = arrowsOf(this.cy.edges().map((edge) => edge.data() as EdgeData));
    this.keep(arrange(names, arrows, this.cellFor(names.length)));
    this.cy.batch(() => this.move());
    this.fit();
  }

  zoom(factor: number): void {
    this.isFree = true;
    const middle = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: middle });
  }

  pan(x: number, y: number): void {
    this.isFree = true;
    this.cy.panBy({ x, y });
  }

  /** After the container's size has changed. */
  resize(): void {
    this.cy.resize();
    if (!this.isFree) this.fit();
  }

  restyle(): void {
    this.cy.style(graphStyle());
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.cy.destroy();
  }

  private ofChosen(): cytoscape.EdgeCollection {
    return this.cy.nodes('.chosen').connectedEdges();
  }

  private get layout(): Layout | undefined {
    return this.known.get(this.view);
  }

  private keep(layout: Layout): void {
    this.known.delete(this.view);
    this.known.set(this.view, layout);
    // The oldest of the narrowed views go; the whole stays.
    const oldest = [...this.known.keys()].find((view) => view !== '');
    if (this.known.size > MOST_VIEWS && oldest !== undefined) this.known.delete(oldest);
  }

  /** Looks whether callers have to stand above what they call; true when that has changed. */
  private turn(): boolean {
    const isDownward = this.cy.width() < NARROW;
    if (isDownward === this.isDownward) return false;
    this.isDownward = isDownward;
    this.known.clear();
    return true;
  }

  /** A place as the drawing has it, and back. */
  private turned({ x, y }: Point): { x: number; y: number } {
    return this.isDownward ? { x: y, y: x } : { x, y };
  }

  private cellFor(nodes: number): Cell {
    if (nodes >= DENSE) return this.isDownward ? { width: CLOSE.height, height: CLOSE.width } : CLOSE;
    return this.isDownward ? { width: 112, height: 204 } : ROOMY;
  }

  private move(): void {
    for (const [id, point] of this.layout?.places ?? [])
      this.cy.getElementById(id).position(this.turned(point));
  }

  /** Changes of an element only what differs, since each change is drawn; false when it is not there. */
  private change(data: NodeData | EdgeData): boolean {
    const there = this.cy.getElementById(data.id);
    if (there.empty()) return false;
    for (const [key, value] of Object.entries(data)) if (there.data(key) !== value) there.data(key, value);
    return true;
  }

  /** Adds what is new, some in each frame: hundreds at once would hold up the page. */
  private add(fresh: readonly cytoscape.ElementDefinition[]): void {
    this.cy.batch(() => this.cy.add(fresh.slice(0, CHUNK)));
    const rest = fresh.slice(CHUNK);
    if (rest.length > 0) this.frame = requestAnimationFrame(() => this.add(rest));
    else this.added();
  }

  private added(): void {
    this.cy.batch(() => {
      this.cy.edges().toggleClass('named', this.cy.edges().length <= NAMED_UP_TO);
      this.mark(this.marked);
    });
    if (this.willFit) this.fit();
    this.willFit = false;
  }
}

/** For the layout: calls before what is heard, since who calls stands left. */
function arrowsOf(edges: readonly EdgeData[]): Arrow[] {
  return [...edges]
    .sort((a, b) => (a.id < b.id ? -1 : 1)) // an id begins with its kind
    .map(({ source, target }) => ({ from: source, to: target }));
}
