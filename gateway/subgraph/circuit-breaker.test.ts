import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

describe('CircuitBreaker', () => {
  let nowMs = 0;
  const opened = (): CircuitBreaker => {
    const breaker = new CircuitBreaker({ failureThreshold: 3, openMs: 1_000 }, () => nowMs);
    for (let i = 0; i < 3; i++) {
      expect(breaker.admit()).toBe(0);
      breaker.failed();
    }
    return breaker;
  };

  it('opens after the threshold and says how long to wait', () => {
    nowMs = 0;
    const breaker = opened();
    nowMs = 400;
    expect(breaker.admit()).toBe(600);
  });

  it('lets exactly one call pass when the wait is over, and closes on its success', () => {
    nowMs = 0;
    const breaker = opened();
    nowMs = 1_000;
    expect(breaker.admit()).toBe(0);
    expect(breaker.admit()).toBeGreaterThan(0);
    breaker.succeeded();
    expect(breaker.admit()).toBe(0);
  });

  it('opens again at once when the probe fails', () => {
    nowMs = 0;
    const breaker = opened();
    nowMs = 1_000;
    breaker.admit();
    breaker.failed();
    expect(breaker.admit()).toBe(1_000);
  });

  it('counts failures in a row only', () => {
    const breaker = new CircuitBreaker({ failureThreshold: 2, openMs: 1_000 }, () => 0);
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    expect(breaker.phase).toBe('closed');
  });
});
