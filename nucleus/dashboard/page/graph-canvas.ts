import cytoscape from 'cytoscape';
import type { GraphData } from './graph-elements.js';
import { arrange, DENSE, place, type Cell, type Places, type Point } from './graph-layout.js';
import { graphStyle } from './graph-style.js';

/** Up to here each arrow carries its name; with more, only those of the service that is looked at. */
const NAMED_UP_TO = 14;
const MARGIN = 28;
const MOST_VIEWS = 20;
const CLOSEST = 1.25;
const ROOMY: Cell = { width: 345, height: 88 };
const CLOSE: Cell = { width: 212, height: 44 };
/** In a drawing that is narrower than this, px, columns become rows. */
const NARROW = 560;

/** The drawing of the mesh: takes what is to be seen, moves nothing that is there already. */
export class GraphCanvas {
  private readonly cy: cytoscape.Core;
  /** Of each view that was shown: the whole, and what a filter lets through. */
  private readonly known = new Map<string, Places>();
  private view = '';
  private isFree = false;
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
      this.known.set(this.view, new Map(this.places).set(node.id(), this.turned(node.position())));
    });
    this.cy.on('dragpan pinchzoom scrollzoom', () => (this.isFree = true));
  }

  /** Draws the mesh as it is now. Each `view` of it has its own places. */
  show({ nodes, edges }: GraphData, view: string): void {
    const isOther = view !== this.view || this.turn();
    this.view = view;
    const before = this.places;
    const places = place(
      before,
      nodes.map(({ id }) => id),
      edges.map(({ source, target }) => ({ from: source, to: target })),
      this.cellFor(nodes.length),
    );
    this.keep(places);
    const wanted = new Set([...nodes, ...edges].map(({ id }) => id));
    this.cy.batch(() => {
      this.cy
        .elements()
        .filter((element) => !wanted.has(element.id()))
        .remove();
      for (const data of nodes)
        this.put({ group: 'nodes', data, position: this.turned(places.get(data.id)!) });
      for (const data of edges) this.put({ group: 'edges', data });
      this.cy.edges().toggleClass('named', edges.length <= NAMED_UP_TO);
      this.cy.nodes().toggleClass('dense', nodes.length >= DENSE);
      if (isOther || before !== places) this.move();
    });
    if (isOther || (before !== places && !this.isFree)) this.fit();
  }

  /** Marks the service that is looked at, and its arrows. */
  mark(service: string | undefined): void {
    this.cy.batch(() => {
      this.cy.elements().removeClass('chosen near');
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
    const arrows = this.cy.edges().map((edge) => ({ from: edge.source().id(), to: edge.target().id() }));
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
    this.cy.destroy();
  }

  private ofChosen(): cytoscape.EdgeCollection {
    return this.cy.nodes('.chosen').connectedEdges();
  }

  private get places(): Places {
    return this.known.get(this.view) ?? new Map();
  }

  private keep(places: Places): void {
    this.known.delete(this.view);
    this.known.set(this.view, places);
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
    for (const [id, point] of this.places) this.cy.getElementById(id).position(this.turned(point));
  }

  /** Adds an element, or changes of it only what differs: each change is drawn. */
  private put(element: cytoscape.ElementDefinition): void {
    const there = this.cy.getElementById(element.data.id ?? '');
    if (there.empty()) {
      this.cy.add(element);
      return;
    }
    for (const [key, value] of Object.entries(element.data)) {
      if (there.data(key) !== value) there.data(key, value);
    }
  }
}
