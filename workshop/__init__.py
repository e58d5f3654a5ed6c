"""What `make` does: environment, labs, book, checks, locks. No part of the engine or the course."""
