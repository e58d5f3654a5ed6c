"""Event source mappings: Lambda reads a queue or a stream and invokes a function with batches (behaviours §4)."""
