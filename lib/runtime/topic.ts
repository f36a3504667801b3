import { isPattern } from '../metadata/names.js';

/** A function that tells whether an exact topic matches `pattern`. */
export function topicMatcher(pattern: string): (topic: string) => boolean {
  if (!isPattern(pattern)) return (topic) => topic === pattern;
  const words = pattern.split('.');
  const rest = words.at(-1) === '>';
  const fixed = rest ? words.slice(0, -1) : words;
  return (topic) => {
    const parts = topic.split('.');
    if (rest ? parts.length <= fixed.length : parts.length !== fixed.length) return false;
    return fixed.every((word, index) => word === '*' || word === parts[index]);
  };
}
