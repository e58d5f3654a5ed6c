"""From an accepted event to its end: routing, concurrency, the asynchronous queue, destinations."""
