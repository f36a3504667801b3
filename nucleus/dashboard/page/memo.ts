import { Component, type FunctionComponent } from 'preact';

/** A component that is drawn again only when one of its properties is another one. */
export function memo<P extends object>(Inner: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const keys = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof P & string>;
      return [...keys].some((key) => !Object.is(next[key], this.props[key]));
    }
    override render() {
      return Inner(this.props, undefined);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
