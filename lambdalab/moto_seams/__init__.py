"""The only room that touches moto's internals. When moto changes, this room changes."""
