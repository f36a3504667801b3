import cytoscape from 'cytoscape';
import type { GraphData } from './graph-elements.js';
import { arrange, place, type Places } from './graph-layout.js';
import { graphStyle } from './graph-style.js';

/** Up to here each arrow carries its name; with more, only those of the service that is looked at. */
const NAMED_UP_TO = 14;
const MARGIN = 28;
const CLOSEST = 1.25;

/** The drawing of the mesh: takes what is to be seen, moves nothing that is there already. */
export class GraphCanvas {
  private readonly cy: cytoscape.Core;
  private places: Places = new Map();
  private isFree = false;

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
      this.places = new Map(this.places).set(node.id(), { ...node.position() });
    });
    this.cy.on('dragpan pinchzoom scrollzoom', () => (this.isFree = true));
  }

  /** Draws the mesh as it is now. */
  show({ nodes, edges }: GraphData): void {
    const before = this.places;
    this.places = place(
      before,
      nodes.map(({ id }) => id),
      edges.map(({ source, target }) => ({ from: source, to: target })),
    );
    const wanted = new Set([...nodes, ...edges].map(({ id }) => id));
    this.cy.batch(() => {
      this.cy
        .elements()
        .filter((element) => !wanted.has(element.id()))
        .remove();
      for (const data of nodes) this.put({ group: 'nodes', data, position: { ...this.places.get(data.id)! } });
      for (const data of edges) this.put({ group: 'edges', data });
      this.cy.edges().toggleClass('named', edges.length <= NAMED_UP_TO);
      if (before !== this.places) this.move();
    });
    if (before !== this.places && !this.isFree) this.fit();
  }

  /** Fades what `isShown` does not want to see; the rest is brought into view. */
  narrow(isShown: ((service: string) => boolean) | undefined): void {
    this.cy.batch(() => {
      this.cy.elements().removeClass('faded');
      if (!isShown) return;
      const hidden = this.cy.nodes().filter((node) => !isShown(node.id()));
      hidden.addClass('faded');
      hidden.connectedEdges().addClass('faded');
    });
  }

  /** Marks the service that is looked at, and its arrows. */
  mark(service: string | undefined): void {
    this.cy.batch(() => {
      this.cy.elements().removeClass('chosen near');
      if (service === undefined) return;
      this.cy.getElementById(service).addClass('chosen').connectedEdges().addClass('near');
    });
  }

  /** Brings all that is not faded into view. */
  fit(): void {
    this.isFree = false;
    const shown = this.cy.nodes().not('.faded');
    this.cy.resize();
    this.cy.fit(shown.length > 0 ? shown : undefined, MARGIN);
    if (this.cy.zoom() > CLOSEST) {
      this.cy.zoom(CLOSEST);
      this.cy.center(shown);
    }
  }

  /** Forgets where things stood. */
  arrange(): void {
    const arrows = this.cy.edges().map((edge) => ({ from: edge.source().id(), to: edge.target().id() }));
    this.places = arrange(
      this.cy.nodes().map((node) => node.id()),
      arrows,
    );
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

  private move(): void {
    for (const [id, point] of this.places) this.cy.getElementById(id).position({ ...point });
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
