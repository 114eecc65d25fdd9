import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** Pixels from the end within which the reader counts as reading along. */
const NEAR_THE_END_PIXELS = 80;

/** Keeps a scrolling element at its end, as it grows or is made smaller, while its reader has not scrolled away from there. */
export function useFollowing<Scrolling extends HTMLElement>(
  content: unknown,
  turnCount: number,
): RefObject<Scrolling | null> {
  const scrolling = useRef<Scrolling>(null);
  const following = useRef(true);

  useEffect(() => {
    const element = scrolling.current;
    if (element === null) return;
    let lastTop = element.scrollTop;
    const scrolled = () => {
      // The element may also have shrunk or grown since: only its reader scrolls upwards.
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (below < NEAR_THE_END_PIXELS) following.current = true;
      else if (element.scrollTop < lastTop) following.current = false;
      lastTop = element.scrollTop;
    };
    const resized = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
    });
    element.addEventListener('scroll', scrolled, { passive: true });
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', scrolled);
      resized.disconnect();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question is followed, wherever its reader was.
  useLayoutEffect(() => {
    following.current = true;
  }, [turnCount]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs whenever there is more to see.
  useLayoutEffect(() => {
    const element = scrolling.current;
    if (element !== null && following.current) element.scrollTop = element.scrollHeight;
  }, [content, turnCount]);

  return scrolling;
}
